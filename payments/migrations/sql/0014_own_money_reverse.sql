DROP TRIGGER refund_never_becomes_ones_own ON payments_refund;
DROP TRIGGER refund_not_ones_own ON payments_refund;
DROP FUNCTION payments_check_own_money();
