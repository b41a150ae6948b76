/** Names that our charm adds to what 1.0 rendered. */
export const derivedNames: ReadonlySet<string> = new Set([
  'TEMPORAL_ADDRESS',
  'TEMPORAL_HOST_PORT',
  'TEMPORAL_HOST_URL',
  'TEMPORAL_PROMETHEUS_BIND_ADDRESS',
  'TEMPORAL_TASK_QUEUE',
  'TEMPORAL_WORKER_IDENTITY',
  'TEMPORAL_WORKER_STOP_TIMEOUT',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
]);
