"""The sample's workflows, under the names of the TypeScript sample, so that its client starts them as well."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    import activities

OPTIONS = {"start_to_close_timeout": timedelta(seconds=10), "retry_policy": RetryPolicy(maximum_attempts=3)}


@workflow.defn(name="greeting")
class Greeting:
    @workflow.run
    async def run(self, name: str) -> str:
        return await workflow.execute_activity(activities.greet, name, **OPTIONS)


@workflow.defn(name="environment")
class Environment:
    @workflow.run
    async def run(self, names: list[str]) -> dict[str, str | None]:
        return await workflow.execute_activity(activities.read_variables, names, **OPTIONS)


@workflow.defn(name="vault")
class Vault:
    @workflow.run
    async def run(self, name: str) -> dict[str, int | str]:
        version = await workflow.execute_activity(activities.keep_greeting, f"Hello, {name}!", **OPTIONS)
        greeting = await workflow.execute_activity(activities.recall_greeting, version, **OPTIONS)
        return {"greeting": greeting, "version": version}


@workflow.defn(name="database")
class Database:
    @workflow.run
    async def run(self, name: str) -> dict[str, int | str]:
        number = await workflow.execute_activity(activities.store_greeting, name, **OPTIONS)
        return await workflow.execute_activity(activities.load_greeting, number, **OPTIONS)


ALL = [Greeting, Environment, Vault, Database]
