"""Activities are where a workflow touches the world."""

import os

from temporalio import activity
from temporalio.exceptions import ApplicationError

# What the charm and Vault's own client are told is between them and the worker.
RESERVED = ("TWC_", "TEMPORAL_", "VAULT_")
TIMEOUT_S = 5


def setting(name: str, remedy: str) -> str:
    """A variable that an activity cannot do without; no further attempt heals that it is missing."""
    value = os.environ.get(name)
    if not value:
        raise ApplicationError(f"{name} is not set ({remedy})", type="MissingSetting", non_retryable=True)
    return value


@activity.defn
def greet(name: str) -> str:
    activity.logger.info("greeting %s", name)
    return f"Hello, {name}! (Python)"


@activity.defn
def read_variables(names: list[str]) -> dict[str, str | None]:
    """Values of variables of your own. The answer stands in the workflow's history."""
    refused = [name for name in names if name.startswith(RESERVED)]
    if refused:
        why = f"cannot tell {', '.join(refused)} (a name that does not begin with TWC_, TEMPORAL_ or VAULT_)"
        raise ApplicationError(why, type="ReservedName", non_retryable=True)
    return {name: os.environ.get(name) for name in names}


@activity.defn
def keep_greeting(greeting: str) -> int:
    """Writes a greeting into Vault, and answers the number of the version that it became."""
    written = vault().create_or_update_secret(path="sample", secret={"greeting": greeting}, mount_point=vault_mount())
    return written["data"]["version"]


@activity.defn
def recall_greeting(version: int) -> str:
    read = vault().read_secret_version(
        path="sample", version=version, mount_point=vault_mount(), raise_on_deleted_version=True
    )
    return read["data"]["data"]["greeting"]


def vault():
    """The KV store, version 2; docs/how-to/use-vault.md tells how a worker is given a role of its own."""
    import hvac

    remedy = "docs/how-to/use-vault.md tells how to give it to the worker"
    client = hvac.Client(
        url=setting("VAULT_ADDR", remedy),
        token=os.environ.get("VAULT_TOKEN"),
        namespace=os.environ.get("VAULT_NAMESPACE"),
        verify=os.environ.get("VAULT_CACERT") or ca_file() or True,
        timeout=TIMEOUT_S,
    )
    if not os.environ.get("VAULT_TOKEN"):
        client.auth.approle.login(
            role_id=setting("VAULT_ROLE_ID", f"or VAULT_TOKEN: {remedy}"), secret_id=setting("VAULT_SECRET_ID", remedy)
        )
    return client.secrets.kv.v2


def vault_mount() -> str:
    return os.environ.get("VAULT_MOUNT") or "secret"


def ca_file() -> str | None:
    """requests takes a CA as a file only."""
    import tempfile

    text = os.environ.get("VAULT_CACERT_BYTES")
    if not text:
        return None
    with tempfile.NamedTemporaryFile("w", suffix=".pem", delete=False) as file:
        file.write(text)
    return file.name


@activity.defn
def store_greeting(name: str) -> int:
    """Puts a greeting into the table greetings, which it makes when it is missing, and answers its number."""
    with database() as connection:
        connection.execute(
            "create table if not exists greetings (id integer generated always as identity, name text, worker text)"
        )
        values = (name, os.environ.get("TEMPORAL_WORKER_IDENTITY", ""))
        row = connection.execute("insert into greetings (name, worker) values (%s, %s) returning id", values).fetchone()
        return row[0]


@activity.defn
def load_greeting(number: int) -> dict[str, int | str]:
    with database() as connection:
        row = connection.execute("select id, name, worker from greetings where id = %s", (number,)).fetchone()
        return {"id": row[0], "name": row[1], "worker": row[2]}


def database():
    """Connects with what the relation says; libpq's own variables (PGSSLROOTCERT …) add to it."""
    import psycopg

    remedy = "relate the worker to a database: docs/how-to/use-a-database.md"
    tls = os.environ.get("TEMPORAL_DB_TLS", "").lower() == "true"
    verified = "verify-ca" if os.environ.get("PGSSLROOTCERT") else "require"
    return psycopg.connect(
        host=setting("TEMPORAL_DB_HOST", remedy),
        port=setting("TEMPORAL_DB_PORT", remedy),
        dbname=setting("TEMPORAL_DB_NAME", remedy),
        user=setting("TEMPORAL_DB_USER", remedy),
        password=setting("TEMPORAL_DB_PASSWORD", remedy),
        sslmode=verified if tls else "disable",
        connect_timeout=TIMEOUT_S,
    )


ALL = [greet, read_variables, keep_greeting, recall_greeting, store_greeting, load_greeting]
