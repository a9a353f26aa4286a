-- Whose family an officer is, by the population register; forgotten when she leaves.
-- In:  rows written by registers.operations.families. Out: rights on the two tables.
-- Locks: none beyond the row being written.

REVOKE TRUNCATE ON registers_family, registers_relative FROM guichet_application;
-- A relative is told or no longer told, never made another.
REVOKE UPDATE ON registers_relative FROM guichet_application;
