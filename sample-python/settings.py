"""What the charm puts into the worker's environment, as arguments of Temporal's Python SDK."""

import os
import re
from datetime import timedelta
from pathlib import Path

from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig
from temporalio.service import TLSConfig
from temporalio.worker import WorkerDeploymentConfig

UNITS_S = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}


def text(*names: str) -> str | None:
    """The first of these variables that is set and not empty: the charm renders options that were never set as empty."""
    return next((os.environ[name] for name in names if os.environ.get(name)), None)


def need(*names: str) -> str:
    """The same for what the worker cannot do without."""
    value = text(*names)
    if value is None:
        raise SystemExit(f"error: cannot read the environment: {' or '.join(names)} is not set")
    return value


def task_queue() -> str:
    return need("TEMPORAL_TASK_QUEUE", "TWC_QUEUE")


def connection() -> dict:
    """Arguments of Client.connect. Call it again for certificates that have changed: their files are read anew."""
    return {
        "target_host": need("TEMPORAL_ADDRESS", "TWC_HOST"),
        "namespace": need("TEMPORAL_NAMESPACE", "TWC_NAMESPACE"),
        "identity": text("TEMPORAL_WORKER_IDENTITY"),
        "api_key": text("TEMPORAL_API_KEY"),
        "tls": tls(),
    }


def tls() -> TLSConfig | bool:
    """Files of the option tls-secret-id, the CA of tls-root-cas; an API key alone turns TLS on as well."""
    ca = file("TEMPORAL_TLS_SERVER_CA_CERT_PATH") or bytes_of("TWC_TLS_ROOT_CAS")
    cert, key = file("TEMPORAL_TLS_CLIENT_CERT_PATH"), file("TEMPORAL_TLS_CLIENT_KEY_PATH")
    name = text("TEMPORAL_TLS_SERVER_NAME")
    if ca or cert or name:
        return TLSConfig(server_root_ca_cert=ca, client_cert=cert, client_private_key=key, domain=name)
    return text("TEMPORAL_TLS") == "true" or text("TEMPORAL_API_KEY") is not None


def file(variable: str) -> bytes | None:
    path = text(variable)
    return Path(path).read_bytes() if path else None


def bytes_of(variable: str) -> bytes | None:
    value = text(variable)
    return value.encode() if value else None


def runtime() -> Runtime | None:
    """The SDK's metrics, at the address that is this unit's own."""
    address = text("TEMPORAL_PROMETHEUS_BIND_ADDRESS")
    return Runtime(telemetry=TelemetryConfig(metrics=PrometheusConfig(bind_address=address))) if address else None


def drain() -> timedelta:
    """How long activities may go on after SIGTERM: two thirds of what is left until SIGKILL, the charm's stop-timeout."""
    parts = re.findall(r"([\d.]+)(ms|s|m|h)", text("TEMPORAL_WORKER_STOP_TIMEOUT") or "30s")
    return timedelta(seconds=sum(float(number) * UNITS_S[unit] for number, unit in parts) * 2 / 3)


def deployment() -> WorkerDeploymentConfig | None:
    """A versioned worker where the charm names a Worker Deployment and a Build ID."""
    name, build_id = text("TEMPORAL_DEPLOYMENT_NAME"), text("TEMPORAL_WORKER_BUILD_ID")
    if not (name and build_id):
        return None
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(deployment_name=name, build_id=build_id),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
    )
