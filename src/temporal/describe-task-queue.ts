import { decodeFields, encodeFields, integer, messages } from './protobuf.ts';

/** `temporal.api.workflowservice.v1.WorkflowService/DescribeTaskQueue`; field numbers are those of Temporal's api repository. */
export const describeTaskQueuePath = '/temporal.api.workflowservice.v1.WorkflowService/DescribeTaskQueue';

/** `temporal.api.enums.v1.TaskQueueType`. */
export const taskQueueTypes = { workflow: 1, activity: 2, nexus: 3 } as const;

export interface TaskQueueQuestion {
  readonly namespace: string;
  readonly queue: string;
  /** One type, as every server understands it; or all types over all partitions, as servers since 1.25 do. */
  readonly of: 'workflow' | 'activity' | 'nexus' | 'all';
}

export interface PollerInfo {
  readonly identity: string;
  /** Milliseconds since 1970 on the server's clock. */
  readonly lastAccess: number;
}

/** A `DescribeTaskQueueRequest`. */
export function encodeQuestion({ namespace, queue, of }: TaskQueueQuestion): Buffer {
  const name = encodeFields([[1, queue]]);
  if (of !== 'all') {
    return encodeFields([
      [1, namespace],
      [2, name],
      [3, taskQueueTypes[of]],
    ]);
  }
  return encodeFields([
    [1, namespace],
    [2, name],
    [3, taskQueueTypes.workflow],
    [5, 1],
    [7, Buffer.from(Object.values(taskQueueTypes))],
    [9, 1],
  ]);
}

/** The pollers of a `DescribeTaskQueueResponse`, from wherever in it they stand. */
export function decodePollers(response: Buffer): PollerInfo[] {
  const fields = decodeFields(response);
  const inVersions = messages(fields, 3)
    .flatMap(mapValues)
    .flatMap((version) => messages(decodeFields(version), 1));
  const inTypes = inVersions.flatMap(mapValues).flatMap((type) => messages(decodeFields(type), 1));
  return [...messages(fields, 1), ...inTypes].map(decodePoller);
}

/** A map is a list of entries of key (1) and value (2). */
function mapValues(entry: Buffer): Buffer[] {
  return messages(decodeFields(entry), 2);
}

function decodePoller(poller: Buffer): PollerInfo {
  const fields = decodeFields(poller);
  const time = decodeFields(messages(fields, 1)[0] ?? Buffer.alloc(0));
  return {
    identity: (messages(fields, 2)[0] ?? '').toString(),
    lastAccess: integer(time, 1) * 1000 + Math.floor(integer(time, 2) / 1_000_000),
  };
}
