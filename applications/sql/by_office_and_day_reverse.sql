DROP INDEX move_of_office_on_a_day;
DROP INDEX case_of_office_by_promise;
