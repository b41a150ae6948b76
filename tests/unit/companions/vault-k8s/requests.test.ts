import { expect, test } from 'vitest';
import { parseRequest, roleOf } from '../../../../src/companions/vault-k8s/requests.ts';

const nonce = '3f0c'.repeat(8);

function request(bags: { suffix?: string; subnet?: string; nonce?: string }) {
  return parseRequest({
    relationId: 'vault-kv:3',
    application: 'worker',
    unit: 'worker/0',
    applicationBag: bags.suffix === undefined ? {} : { mount_suffix: bags.suffix },
    unitBag: {
      ...(bags.subnet !== undefined && { egress_subnet: bags.subnet }),
      ...(bags.nonce !== undefined && { nonce: bags.nonce }),
    },
  });
}

test('a unit is served once its suffix, its ranges and its nonce are there', () => {
  expect(request({ suffix: 'worker', subnet: '10.1.2.3/32, fd00::/8,10.1.2.3/32', nonce })).toEqual({
    relationId: 'vault-kv:3',
    application: 'worker',
    unit: 'worker/0',
    mount: 'charm-worker-worker',
    ranges: ['10.1.2.3/32', 'fd00::/8'],
    nonce,
  });
  expect(request({ subnet: '10.1.2.3/32', nonce })).toBeUndefined();
  expect(request({ suffix: 'worker', nonce })).toBeUndefined();
  expect(request({ suffix: 'worker', subnet: '10.1.2.3/32' })).toBeUndefined();
});

test.each(['../sys', 'a/b', '*', 'a" {}'])('a suffix that would lead out of the store is refused: %s', (suffix) => {
  expect(request({ suffix, subnet: '10.1.2.3/32', nonce })).toEqual({
    problem: `cannot make a store for worker: mount_suffix ${JSON.stringify(suffix)} (letters, digits, . _ -)`,
  });
});

test.each(['10.1.2.3', '10.1.2.3/33', 'everywhere', '10.1.2.3/32,', '::/129'])(
  'what is no range of addresses is refused: %s',
  (subnet) => {
    const wrong = subnet.endsWith(',') ? '' : subnet;
    expect(request({ suffix: 'worker', subnet, nonce })).toEqual({
      problem: `cannot let worker/0 in: egress_subnet ${JSON.stringify(wrong)} (a range such as 10.1.2.3/32)`,
    });
  },
);

test('a role is named as the charm names it', () => {
  expect(roleOf({ mount: 'charm-worker-worker', unit: 'worker/0' })).toBe('charm-worker-worker-worker-0');
});
