import { describe, expect, test } from 'vitest';
import type { PebbleApiError } from '../../../src/pebble/client.ts';
import { daemons } from './daemons.ts';

describe.each(daemons)('the plan of $name', ({ start }) => {
  test('shows every kind of scalar as the text that a service gets', async () => {
    await using daemon = await start();
    await daemon.client.addLayer(
      'base',
      `
summary: a layer
services:
  w:
    override: replace
    summary: "a: b"
    command: sleep 10
    environment: {A: 9000, B: 1.0, C: false, D: null, E: "yes", F: "multi\\nline", G: '', H: "12", a10: x, a9: y, n: "0x10", s: "a 'quoted' text", u: ünï, colon: "x: y", star: "*x", hash: "a #b"}
    user-id: 0
    backoff-delay: 1500ms
    backoff-factor: 3.0
    kill-delay: 90s
    on-check-failure: {up: restart}
  v: {override: merge, command: "true [ --default ]", after: [w], requires: [w]}
checks:
  up: {override: merge, level: alive, exec: {command: "sh -c 'x y'", service-context: w}, period: 2s}
  web: {override: replace, startup: disabled, http: {url: "http://localhost:1/", headers: {X: 1}}, threshold: 5}
  port: {override: replace, tcp: {port: 12}}
log-targets:
  loki/0: {override: replace, type: loki, location: "http://x/loki/api/v1/push", services: [all, -v], labels: {a: "$B"}}
`,
    );
    expect(await daemon.client.plan()).toBe(
      `services:
    v:
        override: merge
        command: "true [ --default ]"
        after:
            - w
        requires:
            - w
    w:
        summary: 'a: b'
        override: replace
        command: sleep 10
        environment:
            A: "9000"
            B: "1.0"
            C: "false"
            D: ""
            E: "yes"
            F: |-
                multi
                line
            G: ""
            H: "12"
            a9: "y"
            a10: x
            colon: 'x: y'
            hash: 'a #b'
            "n": "0x10"
            s: a 'quoted' text
            star: '*x'
            u: ünï
        user-id: 0
        on-check-failure:
            up: restart
        backoff-delay: 1.5s
        backoff-factor: 3
        kill-delay: 1m30s
checks:
    port:
        override: replace
        threshold: 3
        tcp:
            port: 12
    up:
        override: merge
        level: alive
        period: 2s
        threshold: 3
        exec:
            command: sh -c 'x y'
            service-context: w
    web:
        override: replace
        startup: disabled
        threshold: 5
        http:
            url: http://localhost:1/
            headers:
                X: "1"
log-targets:
    loki/0:
        type: loki
        location: http://x/loki/api/v1/push
        services:
            - all
            - -v
        override: replace
        labels:
            a: $B
`.replace('"true [ --default ]"', 'true [ --default ]'),
    );
  });

  test('is {} when it is empty', async () => {
    await using daemon = await start();
    expect(await daemon.client.plan()).toBe('{}\n');
  });

  test('merges by field, key and list, and combines into the place of the label', async () => {
    await using daemon = await start();
    const { client } = daemon;
    const base =
      'services: {w: {override: replace, command: a, environment: {A: 1, B: 2}, after: [x]}, x: {override: replace, command: x}}';
    await client.addLayer('one', base);
    await client.addLayer('two', 'services: {w: {override: merge, command: c}}');
    await client.addLayer('one', 'services: {w: {override: merge, command: b, environment: {B: 3}, after: [x]}}', {
      combine: true,
    });
    expect(await client.plan()).toBe(`services:
    w:
        override: replace
        command: c
        after:
            - x
            - x
        environment:
            A: "1"
            B: "3"
    x:
        override: replace
        command: x
`);
  });

  test.each([
    [
      'services: {w: {foo: 1, override: merge}}',
      /^cannot parse layer YAML: cannot parse layer "l" section "services": yaml: unmarshal errors:\n {2}line 1: field foo not found in type plan.Service$/,
    ],
    ['services: 0123456789', /line 1: cannot unmarshal !!\w+ `0123456789` into map\[string\]\*plan.Service$/],
    ['services: a2345678901', /line 1: cannot unmarshal !!str `a234567...` into map\[string\]\*plan.Service$/],
    ['services: 42', /line 1: cannot unmarshal !!int `42` into map\[string\]\*plan.Service$/],
    [
      'services:\n  w:\n    override: merge\n    command: x\n    frob: 1\n',
      /line 4: field frob not found in type plan.Service$/,
    ],
    ['bar: 1', /^cannot parse layer YAML: cannot parse layer "l": unknown section "bar"$/],
    ['services: [', /^cannot parse layer YAML: cannot parse layer "l": yaml: /],
    ['services: {w: {override: merge, kill-delay: 5x}}', /section "services": invalid duration "5x"$/],
    [
      'services: {w: {override: merge, backoff-factor: 0.5}}',
      /^cannot parse layer YAML: plan service "w" backoff-factor must be 1.0 or greater, not 0.5$/,
    ],
    ['services: {w: {command: x}}', /^layer "l" must define "override" for service "w"$/],
    ['services: {w: {override: up, command: x}}', /^layer "l" has invalid "override" value for service "w"$/],
    ['services: {w: {override: merge}}', /^plan must define "command" for service "w"$/],
    ['services: {w: null}', /^cannot parse layer YAML: service object cannot be null for service "w"$/],
    [
      'services: {pebble: {override: merge, command: x}}',
      /^cannot parse layer YAML: cannot use reserved service name "pebble"$/,
    ],
    ['services: {-x: {override: merge, command: x}}', /cannot use service name "-x": starting with "-" not allowed$/],
    ['services: {w: {override: merge, command: "a [ b"}}', null],
    [
      'services: {w: {override: merge, command: "a [ b ] c"}}',
      /plan service "w" command invalid: cannot parse service "w" command: cannot have any arguments after \[ ... \] group$/,
    ],
    [
      `services: {w: {override: merge, command: "a 'b"}}`,
      /command invalid: cannot parse service "w" command: EOF found when expecting closing quote$/,
    ],
    [
      'services: {w: {override: merge, command: x, on-success: fail}}',
      /plan service "w" on-success action "fail" invalid$/,
    ],
    [
      'services: {a: {override: merge, command: x, after: [b]}, b: {override: merge, command: x, after: [a]}}',
      /^services in before\/after loop: a, b$/,
    ],
    ['services: {a: {override: merge, command: x, requires: [b]}}', /^service "b" does not exist$/],
    ['checks: {c: {override: merge}}', /^plan must specify one of "http", "tcp", or "exec" for check "c"$/],
    ['checks: {c: {override: merge, exec: {command: x}, tcp: {port: 1}}}', /must specify one of/],
    ['checks: {c: {override: merge, level: high, tcp: {port: 1}}}', /plan check "c" level must be "alive" or "ready"$/],
    ['checks: {c: {override: merge, period: 0s, tcp: {port: 1}}}', /plan check "c" period must not be zero$/],
    [
      'checks: {c: {override: merge, exec: {command: x, service-context: w}}}',
      /^plan check "c" service context specifies non-existent service "w"$/,
    ],
    [
      'log-targets: {t: {override: merge, type: loki, location: l, services: [w]}}',
      /^log target "t" specifies unknown service "w"$/,
    ],
    ['log-targets: {t: {override: merge, type: loki}}', /^plan must define "location" for log target "t"$/],
    [
      'services: {w: {override: replace, command: x, on-check-failure: restart}}',
      /section "services": yaml: unmarshal errors:\n {2}line 1: cannot unmarshal !!str `restart` into map\[string\]plan.ServiceAction$/,
    ],
    [
      'services: {w: {override: replace, command: x, on-failure: [restart]}}',
      /line 1: cannot unmarshal !!seq into plan.ServiceAction$/,
    ],
    [
      'services: {w: {override: replace, command: x, kill-delay: [5s]}}',
      /^cannot parse layer YAML: cannot parse layer "l" section "services": duration must be a YAML string$/,
    ],
    [
      'services: {w: {override: replace, command: x, backoff-factor: much}}',
      /^cannot parse layer YAML: cannot parse layer "l" section "services": invalid floating-point number "much"$/,
    ],
    [
      'checks: {c: {override: replace, exec: {command: x, user: nobody-of-that-name}}}',
      /^cannot parse layer YAML: plan check "c" has invalid user\/group: user: unknown user nobody-of-that-name$/,
    ],
    ['log-targets: {t: {override: merge, labels: {pebble_x: 1}}}', /label "pebble_x" uses reserved prefix "pebble_"$/],
  ] as const)('refuses, or takes, %s as Pebble does', async (layer, message) => {
    await using daemon = await start();
    const outcome = await daemon.client.addLayer('l', layer).catch((error: Error) => error);
    if (message === null) expect(outcome).toBeUndefined();
    else {
      expect((outcome as Error).message).toMatch(message);
      expect((outcome as PebbleApiError).statusCode).toBe(400);
      expect(await daemon.client.plan()).toBe('{}\n');
    }
  });

  test('refuses a label twice, a reserved one, and one in the middle of the stack', async () => {
    await using daemon = await start();
    const { client } = daemon;
    const layer = 'services: {w: {override: replace, command: x}}';
    await client.addLayer('dir/one', layer);
    await client.addLayer('last', layer);
    const refused = async (label: string, options = {}) =>
      client.addLayer(label, layer, options).then(
        () => 'taken',
        (error: PebbleApiError) => `${error.statusCode} ${error.message}`,
      );
    expect(await refused('last')).toBe('400 layer "last" already exists');
    expect(await refused('pebble-x')).toBe('400 cannot parse layer YAML: cannot use reserved label prefix "pebble-"');
    expect(await refused('dir/two')).toBe("500 cannot insert sub-directory layer without 'inner' attribute set");
    expect(await refused('dir/two', { inner: true })).toBe('taken');
    expect(await refused('')).toBe('400 label must be set');
  });
});
