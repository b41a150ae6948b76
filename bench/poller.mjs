// A light worker: polls its queue as the real ones do, with the client library alone. Run by start-worker.sh of the bench.
import { Connection } from '@temporalio/client';

const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace, TEMPORAL_TASK_QUEUE: name } = process.env;
const identity = process.env.TEMPORAL_WORKER_IDENTITY;
process.on('SIGTERM', () => process.exit(0));
const connection = await Connection.connect({ address });
for (;;) {
  await connection
    .withDeadline(Date.now() + 70_000, () =>
      connection.workflowService.pollWorkflowTaskQueue({ namespace, taskQueue: { name }, identity }),
    )
    .catch((error) => console.error(error.message));
}
