# django-pgtrigger 4.17.

# pgtrigger/compiler.py: the SQL of a trigger, without the prelude by which its function can be told to do nothing.
#! pgtrigger.compiler
def UpsertTriggerSql(
    *,
    pgid,
    func,
    table,
    when,
    operation,
    ignore_func_name="",
    declare="",
    constraint="",
    timing="",
    referencing="",
    level="ROW",
    condition="",
    execute="",
    hash=None,
):
    return f"""
        CREATE OR REPLACE FUNCTION {pgid}() RETURNS TRIGGER AS $$ {declare} BEGIN {func} END; $$ LANGUAGE plpgsql;
        DROP TRIGGER IF EXISTS {pgid} ON "{table}";
        CREATE {constraint} TRIGGER {pgid} {when} {operation} ON "{table}" {timing} {referencing}
            FOR EACH {level} {condition} EXECUTE PROCEDURE {pgid}();
    """

def Trigger(*, name, sql):
    return sql

# pgtrigger/migrations.py. It does nothing where the database is no PostgreSQL. `RemoveTrigger` is known by its path.
#! pgtrigger.migrations
from django.db import connection
from django.db.migrations import RunSQL

class AddTrigger(RunSQL):
    def __init__(self, model_name, trigger):
        super().__init__(trigger if connection.vendor == "postgresql" else "", RunSQL.noop)
