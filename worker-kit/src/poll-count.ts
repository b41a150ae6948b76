/** The SDK's own count of its polls, from the metrics that it serves. */
export interface PollCount {
  /** Polls that the server holds, or that have not been answered yet. */
  readonly underWay: number;
  /** Polls that ended in an error other than having waited in vain. */
  readonly failed: number;
  /** What the last kinds of errors were, such as `PERMISSION_DENIED`. */
  readonly errors: readonly string[];
}

const deadlineMs = 1000;
const sample = /^(temporal_long_request(?:_failure|_latency_count)?)\{([^}]*)\} (\d+)/gm;

/** Reads the count from `http://<address>/metrics`. Throws where nobody serves the SDK's metrics under their plain names. */
export async function countPolls(address: string): Promise<PollCount> {
  const response = await fetch(`http://${address}/metrics`, { signal: AbortSignal.timeout(deadlineMs) });
  return parsePollCount(await response.text());
}

/** The count in a text of Prometheus' format; throws when it is not there. */
export function parsePollCount(metrics: string): PollCount {
  let [begun, ended, failed] = [0, 0, 0];
  const errors = new Set<string>();
  for (const [, name, labels = '', value] of metrics.matchAll(sample)) {
    if (!/operation="Poll\w+TaskQueue"/.test(labels)) continue;
    if (name === 'temporal_long_request') begun += Number(value);
    else if (name === 'temporal_long_request_latency_count') ended += Number(value);
    else {
      failed += Number(value);
      errors.add(/status_code="(\w+)"/.exec(labels)?.[1] ?? 'UNKNOWN');
    }
  }
  if (begun === 0) throw new Error('the SDK has not counted a poll yet');
  return { underWay: begun - ended, failed, errors: [...errors].sort() };
}
