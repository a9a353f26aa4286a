"""What schemathesis is to know before it asks: a PDF is sent as the bytes that it is."""

import schemathesis

schemathesis.serializer.alias("application/pdf", "application/octet-stream")
