import { type HookCommandRunner, runForJson, runForText } from './runner.ts';

/** `open-port`: for example `7233/tcp`; takes effect when the hook succeeds. */
export async function openPort(runner: HookCommandRunner, port: string): Promise<void> {
  await runForText(runner, { command: 'open-port', args: [port] });
}

/** `close-port`: takes effect when the hook succeeds. */
export async function closePort(runner: HookCommandRunner, port: string): Promise<void> {
  await runForText(runner, { command: 'close-port', args: [port] });
}

/** `opened-ports`: this unit's, with those that were opened in this hook. */
export async function openedPorts(runner: HookCommandRunner): Promise<readonly string[]> {
  return ((await runForJson(runner, { command: 'opened-ports', args: [] })) ?? []) as string[];
}

/** An answer of `network-get`; every part may be missing on some clouds. */
export interface NetworkInfo {
  readonly bindAddresses: readonly { readonly value: string; readonly cidr: string }[];
  readonly egressSubnets: readonly string[];
  readonly ingressAddresses: readonly string[];
}

interface NetworkAnswer {
  'bind-addresses'?: { addresses?: { value?: string; cidr?: string }[] | null }[] | null;
  'egress-subnets'?: string[] | null;
  'ingress-addresses'?: string[] | null;
}

/** `network-get`: where this unit listens and from where it calls, for an endpoint or one of its relations. */
export async function networkGet(
  runner: HookCommandRunner,
  binding: { readonly endpoint: string; readonly relationId?: string },
): Promise<NetworkInfo> {
  const relation = binding.relationId === undefined ? [] : ['-r', binding.relationId];
  const answer = ((await runForJson(runner, { command: 'network-get', args: [...relation, binding.endpoint] })) ??
    {}) as NetworkAnswer;
  const addresses = (answer['bind-addresses'] ?? []).flatMap((device) => device.addresses ?? []);
  return {
    bindAddresses: addresses.map(({ value, cidr }) => ({ value: value ?? '', cidr: cidr ?? '' })),
    egressSubnets: answer['egress-subnets'] ?? [],
    ingressAddresses: answer['ingress-addresses'] ?? [],
  };
}
