import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { describeHolder, portHolder } from '../../../src/companions/port-holder.ts';

for (const host of ['127.0.0.1', '0.0.0.0', '::']) {
  test(`finds the process that listens on ${host}, and nobody once it is gone`, async (context) => {
    const server = createServer().listen(0, host);
    const failed = await Promise.race([once(server, 'listening').then(() => undefined), once(server, 'error')]);
    if (failed) context.skip(`cannot listen on ${host} here`);
    const { port } = server.address() as AddressInfo;
    expect(await portHolder(port)).toMatchObject({ pid: process.pid });
    server.close();
    await once(server, 'close');
    expect(await portHolder(port)).toBeUndefined();
  });
}

test('names the holder for people', () => {
  expect(describeHolder({ pid: 12, name: 'temporal', argv: [] })).toBe('pid 12 (temporal)');
  expect(describeHolder({ argv: [] })).toBe("another user's process");
});
