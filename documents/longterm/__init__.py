"""What makes signatures outlive their certificates: time stamps, and proof of no revocation."""
