import { connect } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';

/** The service whose health is asked for: what workers and clients talk to. */
const workflowService = 'temporal.api.workflowservice.v1.WorkflowService';

/**
 * Does a Temporal frontend on 127.0.0.1 serve? Asks by gRPC's standard health protocol (grpc.health.v1), over plain
 * HTTP/2, which is a hundred times cheaper than loading a client library. Never rejects.
 */
export function frontendServes(port: number, timeoutMs = 1000): Promise<boolean> {
  return new Promise((resolve) => {
    const session = connect(`http://127.0.0.1:${port}`);
    const chunks: Buffer[] = [];
    const answer = (serves: boolean) => {
      clearTimeout(timer);
      session.destroy();
      resolve(serves);
    };
    const timer = setTimeout(() => answer(false), timeoutMs);
    session.on('error', () => answer(false));
    const request = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    request.on('error', () => answer(false));
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(saysServing(Buffer.concat(chunks))));
    request.end(healthRequest());
  });
}

/** Waits until the frontend serves; answers whether it did in time. There is no event for it, so it is asked 10 times a second. */
export async function waitForFrontend(port: number, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    if (await frontendServes(port)) return true;
    if (Date.now() >= deadline) return false;
    await sleep(100);
  }
}

/** `HealthCheckRequest { service = 1 }` in gRPC's length-prefixed framing. */
function healthRequest(): Buffer {
  const message = Buffer.concat([Buffer.from([0x0a, workflowService.length]), Buffer.from(workflowService)]);
  const frame = Buffer.alloc(5);
  frame.writeUInt32BE(message.length, 1);
  return Buffer.concat([frame, message]);
}

/** `HealthCheckResponse { status = 1 }` with SERVING = 1. */
function saysServing(body: Buffer): boolean {
  return body.length === 7 && body[5] === 0x08 && body[6] === 1;
}
