DROP TRIGGER order_stands ON documents_paperfile;
DROP FUNCTION documents_order_stands();
DROP TRIGGER documents_withdrawal_guard ON documents_mandatewithdrawal;
DROP FUNCTION documents_withdrawal_guard();
