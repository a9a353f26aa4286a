DROP INDEX movement_heard;
DROP INDEX movement_charge_heard;
DROP INDEX unposted_by_time;
DROP TABLE payments_check;
DROP TABLE payments_alarm;
