import { clientVersion } from '../../pebble/commands/run-command.ts';
import type { PlanStore } from '../plan/plan-store.ts';
import type { LogTarget, Plan } from '../plan/types.ts';
import type { Services } from '../services/services.ts';
import { expandLabels, takesLogsOf } from './log-target.ts';
import { type LogSource, TargetForwarder } from './target-forwarder.ts';

interface Forwarded {
  readonly location: string;
  readonly forwarder: TargetForwarder;
}

/**
 * Sends services' output to the plan's log targets of type `loki`. A changed plan sends anew what the rings still
 * hold, as Pebble does: Loki keeps equal lines once. Other types are accepted, and it is said that nothing goes there.
 */
export class LogForwarding {
  readonly #services: Services;
  readonly #plan: PlanStore;
  readonly #log: (message: string) => void;
  readonly #targets = new Map<string, Forwarded>();
  readonly #refused = new Set<string>();

  constructor(options: {
    readonly plan: PlanStore;
    readonly services: Services;
    readonly log: (message: string) => void;
  }) {
    this.#services = options.services;
    this.#plan = options.plan;
    this.#log = options.log;
    options.plan.onChange((plan) => this.#planChanged(plan));
    // The first start of a service gives it its ring.
    options.services.onRing((service) => this.#ringMade(service));
  }

  /** Ends forwarding, after a last push to each target. */
  async close(): Promise<void> {
    await Promise.all([...this.#targets.values()].map(({ forwarder }) => forwarder.close()));
    this.#targets.clear();
  }

  #planChanged(plan: Plan): void {
    for (const [name, { location, forwarder }] of [...this.#targets]) {
      const target = plan['log-targets'][name];
      if (target?.type === 'loki' && target.location === location) continue;
      this.#targets.delete(name);
      void forwarder.close();
    }
    for (const [name, target] of Object.entries(plan['log-targets'])) {
      if (target.type === 'loki') this.#forwarder(name, target.location ?? '')?.setSources(this.#sources(plan, target));
      else this.#refuse(name, `nothing is forwarded to a target of type "${target.type}"`, target);
    }
  }

  #ringMade(service: string): void {
    const { plan } = this.#plan;
    for (const [name, { forwarder }] of this.#targets) {
      const target = plan['log-targets'][name];
      if (target && takesLogsOf(target, service)) forwarder.setSources(this.#sources(plan, target));
    }
  }

  #sources(plan: Plan, target: LogTarget): Map<string, LogSource> {
    const sources = new Map<string, LogSource>();
    for (const [service, config] of Object.entries(plan.services)) {
      const [ring] = takesLogsOf(target, service) ? this.#services.rings([service]) : [];
      if (ring) sources.set(service, { ring, labels: expandLabels(target, config) });
    }
    return sources;
  }

  #forwarder(name: string, location: string): TargetForwarder | null {
    const known = this.#targets.get(name);
    if (known) return known.forwarder;
    if (!/^https?:$/.test(URL.parse(location)?.protocol ?? '')) {
      const target = this.#plan.plan['log-targets'][name];
      this.#refuse(name, `"${location}" is no http or https URL`, target);
      return null;
    }
    const forwarder = new TargetForwarder({
      name,
      location,
      userAgent: `pebble/${clientVersion}`,
      log: this.#log,
    });
    this.#targets.set(name, { location, forwarder });
    return forwarder;
  }

  /** Once for a target: charms disable one by `services: ["-all"]` and a location that is none, which is no news. */
  #refuse(name: string, why: string, target: LogTarget | undefined): void {
    const wanted = Object.keys(this.#plan.plan.services).some((service) => target && takesLogsOf(target, service));
    const news = `${name}: ${why}`;
    if (!wanted || this.#refused.has(news)) return;
    this.#refused.add(news);
    this.#log(`Cannot forward logs to target ${JSON.stringify(name)}: ${why}`);
  }
}
