-- In: a freshly migrated database. Out: schema kept, with a copy of every table that migrations
-- filled, and kept.restore(), which empties all tables and brings those rows back where they are not
-- what they were. Run by the superuser with session_replication_role = replica, so that no trigger of
-- ours refuses.
CREATE SCHEMA kept;
DO $keep$
DECLARE
    t record;
    body text := '';
    names text;
    filled boolean;
BEGIN
    FOR t IN
        SELECT c.oid, c.relname FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
          AND NOT c.relispartition AND c.relname <> 'django_migrations'
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', t.relname) INTO filled;
        IF NOT filled THEN
            body := body || format(
                'IF EXISTS (SELECT FROM public.%1$I) THEN DELETE FROM public.%1$I; END IF;',
                t.relname);
        ELSE
            SELECT string_agg(quote_ident(attname), ', ') INTO names FROM pg_attribute
            WHERE attrelid = t.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
            EXECUTE format('CREATE TABLE kept.%I AS SELECT %s FROM public.%1$I', t.relname, names);
            body := body || format(
                'IF EXISTS ((SELECT %2$s FROM public.%1$I EXCEPT ALL TABLE kept.%1$I) UNION ALL'
                ' (TABLE kept.%1$I EXCEPT ALL SELECT %2$s FROM public.%1$I)) THEN'
                ' DELETE FROM public.%1$I;'
                ' INSERT INTO public.%1$I (%2$s) OVERRIDING SYSTEM VALUE'
                ' SELECT %2$s FROM kept.%1$I; END IF;', t.relname, names);
        END IF;
    END LOOP;
    EXECUTE format('CREATE FUNCTION kept.restore() RETURNS void LANGUAGE plpgsql AS %L',
                   'BEGIN ' || body || ' END');
END
$keep$;
