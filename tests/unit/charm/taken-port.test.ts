import { expect, test } from 'vitest';
import { complainedPorts, listeners, renderTakenPort } from '../../../charm/taken-port.ts';

test.each([
  [['starting', 'Error: listen EADDRINUSE: address already in use 127.0.0.1:9100'], [9100]],
  [['panic: listen tcp :9090: bind: address already in use'], [9090]],
  [['OSError: [Errno 98] error while attempting to bind on address'], []],
  [['RuntimeError: Failed initializing: Address already in use (os error 98)'], [9000, 9100]],
  [
    ['Address already in use (os error 98)', 'Traceback (most recent call last):'],
    [9000, 9100],
  ],
  [['10:11:12 something else'], []],
  [[], []],
])('of the log %j the ports %j are wanted', (log, ports) => {
  expect(complainedPorts(log, [9000, 9100])).toEqual(ports);
});

test('sockets that listen are told from others, in both tables', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:2328 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 51234 1 0 100 0 0 10 0
   1: 0100007F:2329 0100007F:8C3E 01 00000000:00000000 00:00000000 00000000  1000        0 51235 1 0 100 0 0 10 0
  sl  local_address                         remote_address                        st tx_queue rx_queue tr
   0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 77 1
garbage
`;
  expect(listeners(table)).toEqual([
    { port: 9000, inode: '51234' },
    { port: 8080, inode: '77' },
  ]);
});

test('the holder is told as far as it is known', () => {
  const taken = { port: 9000, pid: '7', program: 'python3', identity: 'worker/0@cdac5656' };
  expect(renderTakenPort(taken)).toBe('port 9000 is taken by pid 7 (python3) of worker/0');
  expect(renderTakenPort({ ...taken, identity: '' })).toBe('port 9000 is taken by pid 7 (python3)');
  expect(renderTakenPort({ ...taken, pid: '' })).toBe('port 9000 is taken by a process that cannot be seen from here');
});
