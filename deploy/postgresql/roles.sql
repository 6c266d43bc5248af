-- The database of one service, with two roles: its owner, who migrates, and the application, which owns nothing.
-- `./sbs secrets` writes this once for each service, names and passwords before it, into a file for psql. It may
-- be run again. What the application may do with a table, `./sbs migrate SERVICE --grant-to ROLE` grants it.

\set ON_ERROR_STOP on
-- Passwords belong into no log.
set log_statement = 'none';
set log_min_duration_statement = -1;
set log_min_error_statement = 'panic';

select format('create role %I login', name) from (values (:'owner'), (:'database')) as wanted (name)
where name not in (select rolname from pg_roles) \gexec
alter role :"owner" password :'owner_password';
alter role :"database" password :'password';

select format('create database %I owner %I encoding utf8 template template0', :'database', :'owner')
where :'database' not in (select datname from pg_database) \gexec
revoke all on database :"database" from public;
grant connect on database :"database" to :"database";

\connect :database
-- Before PostgreSQL 15 everybody may make tables in it.
revoke create on schema public from public;
grant all on schema public to :"owner";
