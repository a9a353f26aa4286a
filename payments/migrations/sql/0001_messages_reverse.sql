DROP TABLE payments_refused_message;
DROP TABLE payments_unposted_message;
DROP TABLE payments_inbox;
DROP FUNCTION payments_open_message_month(date);
DROP TABLE payments_inbound_message;
