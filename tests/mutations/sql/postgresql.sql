CREATE TABLE IF NOT EXISTS shop_order (id bigserial PRIMARY KEY, note varchar(200) NULL, total integer NOT NULL DEFAULT 0 CHECK (total >= 0), customer_id bigint REFERENCES shop_customer (id) DEFERRABLE INITIALLY DEFERRED);
ALTER TABLE ONLY public.shop_order ADD COLUMN IF NOT EXISTS extra jsonb DEFAULT '{}'::jsonb, DROP COLUMN "note" CASCADE, ALTER COLUMN total SET DATA TYPE bigint USING total::bigint;
ALTER TABLE shop_order ADD CONSTRAINT c CHECK (total > 0 OR note IS NOT NULL) NOT VALID; ALTER TABLE shop_order VALIDATE CONSTRAINT c;
ALTER TABLE shop_order RENAME TO shop_orders; ALTER TABLE shop_orders RENAME COLUMN note TO remark;
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON shop_order USING gin (lower(note) text_pattern_ops DESC NULLS LAST, total) INCLUDE (id) WHERE note <> '' -- end
;
DROP INDEX CONCURRENTLY IF EXISTS a, b RESTRICT;
CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN IF NEW.note IS NULL THEN NEW.note := 'x'; END IF; UPDATE shop_order SET total = 1 WHERE id = NEW.id; RETURN NEW; END $body$;
CREATE TRIGGER t BEFORE INSERT OR UPDATE OF note ON shop_order FOR EACH ROW WHEN (NEW.note IS DISTINCT FROM OLD.note) EXECUTE FUNCTION f();
DO $$ DECLARE r record; BEGIN FOR r IN SELECT 1 LOOP EXECUTE format('ALTER TABLE %I DROP COLUMN x', r); END LOOP; END $$;
CREATE VIEW v AS SELECT o.id, count(*) AS n FROM shop_order o LEFT JOIN shop_line l ON l.order_id = o.id GROUP BY o.id HAVING count(*) > 1;
INSERT INTO shop_order (note) SELECT note FROM shop_old ON CONFLICT (id) DO UPDATE SET note = excluded.note RETURNING id;
WITH d AS (DELETE FROM shop_order WHERE total = 0 RETURNING *) INSERT INTO shop_old SELECT * FROM d;
TRUNCATE shop_order, shop_line RESTART IDENTITY CASCADE; COMMENT ON COLUMN shop_order.note IS E'it''s \n'; SELECT setval(pg_get_serial_sequence('shop_order', 'id'), 1);
