import type { HookOutcome } from '../../../src/controller/hook/run.ts';
import { type FakeVault, mount, role } from './fake-vault.ts';
import { type PackedUnit, packedUnit } from './packed-unit.ts';

type Content = Readonly<Record<string, string>>;
/** `mount`: of its store, where it is not the stand-in's. */
type SomeVault = Pick<FakeVault, 'url' | 'ca'> & { readonly mount?: string };

/** The secret with the unit's credentials. */
export const roleSecret = 'd0rooooooooooooooooo';
const environment =
  'vault:\n- {path: my-secrets, name: TOKEN, key: token}\n- {path: my-secrets, name: OTHER, key: other}\n';

/** A unit that is related to Vault; `ready`: Vault has answered it. */
export async function unitOf(
  vault: SomeVault,
  of: { readonly ready?: boolean; readonly config?: Content; readonly credentials?: Record<string, string> } = {},
): Promise<PackedUnit> {
  const unit = await packedUnit({
    facts: {
      config: { environment, ...of.config },
      endpoints: { vault: { role: 'requires', interface: 'vault-kv' } },
      relations: [{ id: 5, endpoint: 'vault', remoteApp: 'vault-k8s', remoteUnits: ['vault-k8s/0'] }],
      databags: { '5 vault-k8s': {}, '5 w': {}, '5 w/0': {} },
      secrets: {
        [roleSecret]: {
          owner: 'application-vault-k8s',
          grants: [{ target: 'unit-w-0', relation: 5 }],
          revisions: [of.credentials ?? role],
        },
      },
    },
  });
  await unit.run();
  if (of.ready ?? true) answer(unit, vault);
  return unit;
}

/** What the other side does when it knows the unit's nonce. */
export function answer(it: PackedUnit, vault: SomeVault): void {
  const nonce = it.model.settings(5, 'w/0')?.nonce ?? '';
  const told = { vault_url: vault.url, mount: vault.mount ?? mount, ca_certificate: vault.ca };
  Object.assign(it.model.settings(5, 'vault-k8s') ?? {}, told, {
    credentials: JSON.stringify({ [nonce]: `secret:${roleSecret}` }),
  });
}

export function action(it: PackedUnit, name: string, params: Content): Promise<HookOutcome> {
  return it.run({ hook: '', action: { name, task: '1', params } });
}

/** The unit's credentials are other ones from now on. */
export function replaceCredentials(it: PackedUnit, credentials: Record<string, string>): void {
  it.model.facts.secrets?.[roleSecret]?.revisions.push(credentials);
}

/** Makes a wait after a refused login last five minutes from now on: how long an event takes is up to the machine. */
export function lengthenWait(it: PackedUnit): void {
  const state = it.model.charmState() as Record<string, string>;
  const memory = JSON.parse(state.memory ?? '{}') as { vaultRefusal?: { until: number } | null };
  if (!memory.vaultRefusal || memory.vaultRefusal.until <= Date.now()) return;
  const until = Math.max(memory.vaultRefusal.until, Date.now() + 300_000);
  const vaultRefusal = { ...memory.vaultRefusal, until };
  state.memory = JSON.stringify({ ...memory, vaultRefusal });
}

/** As if the wait after a refused login were over: what the unit remembers of it moves into the past. */
export function passWait(it: PackedUnit): void {
  const state = it.model.charmState() as Record<string, string>;
  const memory = JSON.parse(state.memory ?? '{}') as { vaultRefusal: { at: number; until: number } };
  const { at, until } = memory.vaultRefusal;
  const vaultRefusal = { ...memory.vaultRefusal, at: at - (until - Date.now()), until: Date.now() };
  state.memory = JSON.stringify({ ...memory, vaultRefusal });
}
