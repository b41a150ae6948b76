import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { daemons } from './daemons.ts';

/** Sends what is no request that a library would make; gives the status of the answer. */
async function statusOf(socket: string, head: readonly string[]): Promise<string> {
  const connection = connect(socket);
  await once(connection, 'connect');
  connection.write(`${[...head, 'Host: localhost', 'Connection: close', '', ''].join('\r\n')}`);
  return /^HTTP\/1\.1 (\d+)/.exec(await text(connection))?.[1] ?? 'no answer';
}

describe.each(daemons)('odd requests to $name', ({ start }) => {
  test('are answered, and end nothing', async () => {
    await using daemon = await start();
    const { socket } = daemon.client;
    const websocket = ['Connection: Upgrade', 'Upgrade: websocket'];
    expect(await statusOf(socket, ['GET http://localhost/v1/health HTTP/1.1'])).toBe('200');
    expect(
      await statusOf(socket, ['GET /v1/health HTTP/1.1', 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c']),
    ).toBe('200');
    expect(await statusOf(socket, ['GET /v1/nothing HTTP/1.1', ...websocket])).toBe('404');
    expect(await statusOf(socket, ['GET /v1/tasks/99/websocket/stdio HTTP/1.1', ...websocket])).toBe('404');
    expect(await statusOf(socket, ['GET /v1/tasks/99/websocket/stdio HTTP/1.1'])).toBe('404');
    expect(await statusOf(socket, ['PUT /v1/tasks/99/websocket/stdio HTTP/1.1'])).toBe('405');
    for (const target of ['//localhost:99999/', '//', 'http://[::', '/v1/changes/%zz', '/v1/services?names=%zz']) {
      expect(await statusOf(socket, [`GET ${target} HTTP/1.1`])).toMatch(/^(200|301|400|404)$/);
      expect(await statusOf(socket, [`GET ${target} HTTP/1.1`, ...websocket])).toMatch(/^(200|301|400|404)$/);
    }
    expect(await daemon.client.health()).toBe(true);
  });

  test('that break off in the middle of their body are forgotten', async () => {
    await using daemon = await start();
    const connection = connect(daemon.client.socket);
    await once(connection, 'connect');
    connection.write('POST /v1/layers HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{"action": "add"');
    connection.destroy();
    expect(await daemon.client.health()).toBe(true);
  });
});
