DROP TABLE payments_receipt_cancellation;
DROP TABLE payments_receipt;
DROP TABLE payments_receipt_series;
DROP FUNCTION payments_check_receipt();
DROP FUNCTION payments_check_receipt_cancellation();
DROP FUNCTION payments_receipt_series_guard();
DROP FUNCTION payments_receipt_series_used();
