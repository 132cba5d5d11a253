-- The roles of an installation, and what they may do in this database. Run as the cluster's administrator, in the
-- database of the installation, before the first migration; running it again changes nothing but the passwords.
--
-- Passwords come as settings of the session, so that psql and a driver give them alike:
--   itsm.owner_password, itsm.app_password
-- With psql:  PGOPTIONS="-c itsm.owner_password=... -c itsm.app_password=..." psql -v ON_ERROR_STOP=1 -f roles.sql

DO $roles$
DECLARE
    role text;
BEGIN
    IF coalesce(current_setting('itsm.owner_password', true), '') = ''
       OR coalesce(current_setting('itsm.app_password', true), '') = '' THEN
        RAISE EXCEPTION 'Set itsm.owner_password and itsm.app_password first.';
    END IF;
    FOREACH role IN ARRAY ARRAY['itsm_owner', 'itsm_app', 'itsm_all', 'itsm_search'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
            EXECUTE format('CREATE ROLE %I', role);
        END IF;
    END LOOP;
    -- Owns the tables and migrates.
    EXECUTE format(
        'ALTER ROLE itsm_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD %L',
        current_setting('itsm.owner_password')
    );
    -- Web and workers: every row they touch passes a policy.
    EXECUTE format(
        'ALTER ROLE itsm_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD %L',
        current_setting('itsm.app_password')
    );
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO itsm_owner, itsm_app', current_database());
END
$roles$;

ALTER ROLE itsm_all NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION;
ALTER ROLE itsm_search NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION;

-- To be put on, never to be inherited: with INHERIT the wider policies would apply to every query of the member.
GRANT itsm_all TO itsm_app WITH INHERIT FALSE, SET TRUE;
GRANT itsm_search TO itsm_owner WITH INHERIT FALSE, SET TRUE;

-- A statement that runs away, or waits for a row somebody keeps, gives up before a person does.
ALTER ROLE itsm_app SET statement_timeout = '60s';
ALTER ROLE itsm_app SET lock_timeout = '3s';
ALTER ROLE itsm_app SET idle_in_transaction_session_timeout = '5min';
ALTER ROLE itsm_app SET timezone = 'UTC';
-- A row with all that stands beside it is nine joins in the order in which they are needed. To try all other orders,
-- as is usual up to eight, takes the planner ten milliseconds, where the rows themselves take one.
ALTER ROLE itsm_app SET join_collapse_limit = 4;
ALTER ROLE itsm_owner SET timezone = 'UTC';

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO itsm_owner, itsm_search;
GRANT USAGE ON SCHEMA public TO itsm_app, itsm_all;

ALTER DEFAULT PRIVILEGES FOR ROLE itsm_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO itsm_app, itsm_all;
ALTER DEFAULT PRIVILEGES FOR ROLE itsm_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO itsm_app, itsm_all;
ALTER DEFAULT PRIVILEGES FOR ROLE itsm_owner IN SCHEMA public
    GRANT SELECT ON TABLES TO itsm_search;
-- The functions that read past the policies are for the two roles of the application alone.
ALTER DEFAULT PRIVILEGES FOR ROLE itsm_search REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE itsm_search IN SCHEMA public
    GRANT EXECUTE ON FUNCTIONS TO itsm_app, itsm_all;

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS unaccent;
