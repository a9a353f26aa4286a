GRANT UPDATE ON registers_relative TO guichet_application;
GRANT TRUNCATE ON registers_family, registers_relative TO guichet_application;
