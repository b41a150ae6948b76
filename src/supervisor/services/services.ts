import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceInfo } from '../../pebble/types.ts';
import type { Task, TaskPlan } from '../changes/change.ts';
import { LogRing } from '../logs/log-ring.ts';
import { OutputFile } from '../logs/output-file.ts';
import { startOrder, stopOrder } from '../plan/order.ts';
import type { PlanStore } from '../plan/plan-store.ts';
import type { Service as ServiceConfig } from '../plan/types.ts';
import { ConfigTags, canonical } from '../process/config-tags.ts';
import { familyMembers, signalAll } from '../process/family.ts';
import { isAlive, machineBootId, mountNamespace } from '../process/proc.ts';
import { type ProcessRecord, ProcessRecords } from '../process/record.ts';
import { ServiceProcess } from '../process/service-process.ts';
import type { View } from '../workload/view.ts';
import { Service, type ServiceWorld } from './service.ts';
import { spawnService } from './spawn-service.ts';
import type { Action } from './state.ts';

export interface ServicesOptions {
  /** The supervisor's state directory. */
  readonly dir: string;
  readonly plan: PlanStore;
  readonly view: View;
  readonly shutDown: ServiceWorld['shutDown'];
  readonly log: (message: string) => void;
}

interface Output {
  readonly ring: LogRing;
  readonly file: OutputFile;
}

/** Services to stop and to start, in lanes. */
export interface Replanned {
  readonly stop: readonly (readonly string[])[];
  readonly start: readonly (readonly string[])[];
}

/** All services that were ever started, by name. */
export class Services {
  readonly #options: ServicesOptions;
  readonly #services = new Map<string, Service>();
  readonly #outputs = new Map<string, Output>();
  readonly #records: ProcessRecords;
  readonly #tags: ConfigTags;
  /** For adopted services: the tag of the configuration that they run with. */
  readonly #adoptedTags = new Map<string, string>();
  readonly #ringListeners: ((service: string) => void)[] = [];

  constructor(options: ServicesOptions) {
    this.#options = options;
    mkdirSync(join(options.dir, 'logs'), { recursive: true, mode: 0o700 });
    this.#records = new ProcessRecords(join(options.dir, 'processes'));
    this.#tags = new ConfigTags(join(options.dir, 'config-key'));
  }

  /** Takes over what an earlier supervisor left running, and ends what is left of services whose main process died. */
  adopt(): void {
    for (const record of this.#records.read()) {
      const { service, pid, startTime } = record;
      const sameBoot = record.machineBootId === machineBootId();
      if (sameBoot && isAlive(pid, startTime)) this.#adopt(record);
      else {
        // Members are known by their start's own variable; the group's id may be another's by now.
        const namespace = record.mountNamespace === mountNamespace('self') ? null : record.mountNamespace;
        const family = { ...record, pid: -1, mountNamespace: namespace };
        if (sameBoot) signalAll(familyMembers(family), 'SIGKILL');
        this.#records.remove(service);
      }
    }
  }

  infos(names: readonly string[]): ServiceInfo[] {
    return Object.entries(this.#options.plan.plan.services)
      .filter(([name]) => names.length === 0 || names.includes(name))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, config]) => {
        const service = this.#services.get(name);
        return {
          name,
          startup: config.startup === 'enabled' ? 'enabled' : 'disabled',
          current: service?.current ?? 'inactive',
          ...(service?.currentSince ? { 'current-since': service.currentSince } : {}),
        };
      });
  }

  rings(names: readonly string[]): LogRing[] {
    return names.flatMap((name) => this.#outputs.get(name)?.ring ?? []);
  }

  /** Calls `listener` with a service's name when there is output of it for the first time. */
  onRing(listener: (service: string) => void): void {
    this.#ringListeners.push(listener);
  }

  /** Names that start with the daemon, in the order of their start. */
  defaultNames(): string[] {
    const services = this.#options.plan.plan.services;
    const enabled = Object.keys(services).filter((name) => services[name]?.startup === 'enabled');
    return startOrder(services, enabled).flat();
  }

  startTask(name: string, lane: number, waitsFor: readonly Task[]): TaskPlan {
    return {
      kind: 'start',
      summary: `Start service "${name}"`,
      lane,
      waitsFor,
      run: async (task, aborted) => {
        const config = this.#options.plan.plan.services[name];
        if (!config) throw new Error(`cannot find service "${name}" in plan`);
        await this.#service(name, config)
          .start(config, (line) => task.logInfo(line), aborted)
          .catch((error: Error) => {
            if (/^service start attempt: exited quickly/.test(error.message)) this.#logOutput(name, task);
            throw error;
          });
      },
    };
  }

  stopTask(name: string, lane: number, waitsFor: readonly Task[]): TaskPlan {
    return {
      kind: 'stop',
      summary: `Stop service "${name}"`,
      lane,
      waitsFor,
      run: async (task) => {
        const service = this.#services.get(name);
        if (!service) return task.logInfo(`Service "${name}" has never been started.`);
        await service.stop((line) => task.logInfo(line));
      },
    };
  }

  /**
   * Which services do not run as the plan has them: those ever started whose configuration is another one are to be
   * stopped and started, and those with `startup: enabled` to be started. As in Pebble the new configuration, and with
   * it the new kill-delay, holds from here on.
   */
  replan(): Replanned {
    const services = this.#options.plan.plan.services;
    const stop: string[] = [];
    for (const [name, service] of this.#services) {
      const config = services[name];
      if (config && this.#isConfig(service, config)) continue;
      if (config) this.#setConfig(service, config);
      stop.push(name);
    }
    const start = Object.keys(services).filter((name) => stop.includes(name) || services[name]?.startup === 'enabled');
    const inPlan = stop.filter((name) => services[name]);
    const gone = stop.filter((name) => !services[name]).map((name) => [name]);
    return { stop: [...gone, ...stopOrder(services, inPlan)], start: startOrder(services, start.sort()) };
  }

  /** Throws one error that names every service that could not be signalled. */
  signal(names: readonly string[], signal: string, known: (name: string) => boolean): void {
    const problems = names.flatMap((name) => {
      try {
        const service = this.#services.get(name);
        if (!service) throw new Error('service is not running');
        if (service.current === 'active' && !known(signal)) throw new Error(`invalid signal name "${signal}"`);
        service.signal(signal as NodeJS.Signals);
        return [];
      } catch (error) {
        return [`cannot send signal to "${name}": ${(error as Error).message}`];
      }
    });
    if (problems.length > 0) throw new Error(problems.join('; '));
  }

  /** Does what the services' `on-check-failure` says. */
  checkFailed(check: string): void {
    for (const service of this.#services.values()) {
      const action = service.config?.['on-check-failure']?.[check];
      if (action) service.checkFailed(action as Action);
    }
  }

  /** Lanes of all that runs, in the order in which to stop it; for the daemon's own end. */
  lanesToStop(): string[][] {
    const services = this.#options.plan.plan.services;
    const up = [...this.#services.values()].filter((service) => service.isUp).map(({ name }) => name);
    const ordered = stopOrder(services, Object.keys(services)).map((lane) => lane.filter((name) => up.includes(name)));
    const unplanned = up.filter((name) => !services[name]).map((name) => [name]);
    return [...ordered.filter((lane) => lane.length > 0), ...unplanned];
  }

  all(): readonly Service[] {
    return [...this.#services.values()];
  }

  /** Closes what is open; processes that still run are left to the next supervisor. */
  close(): void {
    for (const service of this.#services.values()) service.release();
    for (const { file } of this.#outputs.values()) file.close();
  }

  #service(name: string, config: ServiceConfig | null): Service {
    const known = this.#services.get(name);
    if (known) return known;
    const service = new Service(name, config, this.#world(name));
    this.#services.set(name, service);
    return service;
  }

  #world(name: string): ServiceWorld {
    const { view, log, shutDown } = this.#options;
    return {
      log,
      shutDown,
      spawn: (config, since, onEnd) => {
        log(`Service "${name}" starting: ${config.command}`);
        this.#adoptedTags.delete(name);
        const output = this.#output(name, { keep: false }).file;
        return spawnService({ name, config, since, view, records: this.#records, tags: this.#tags, output, onEnd });
      },
      ended: () => {
        this.#outputs.get(name)?.file.drain({ ended: true });
        this.#records.remove(name);
      },
    };
  }

  #adopt(record: ProcessRecord): void {
    const { service: name, since, killDelayMs } = record;
    const service = this.#service(name, null);
    let end: (code: number) => void = () => undefined;
    const running = ServiceProcess.adopted(record, (code) => end(code));
    end = service.adopt(running, { since, killDelayMs });
    const namespace = running.lookForNamespace();
    if (namespace !== record.mountNamespace) this.#records.write({ ...record, mountNamespace: namespace });
    this.#adoptedTags.set(name, record.configTag);
    this.#output(name, { keep: true });
    this.#options.log(`Service "${name}" adopted: it has been running as process ${record.pid}`);
  }

  #isConfig(service: Service, config: ServiceConfig): boolean {
    if (service.config !== null) return canonical(service.config) === canonical(config);
    if (this.#adoptedTags.get(service.name) !== this.#tags.tag(config)) return false;
    service.config = config;
    return true;
  }

  #setConfig(service: Service, config: ServiceConfig): void {
    service.config = config;
    this.#adoptedTags.delete(service.name);
  }

  #output(name: string, options: { keep: boolean }): Output {
    const known = this.#outputs.get(name);
    if (known) return known;
    const ring = new LogRing(name);
    const path = join(this.#options.dir, 'logs', `${encodeURIComponent(name)}.log`);
    const output = { ring, file: new OutputFile(path, ring, options) };
    this.#outputs.set(name, output);
    for (const listener of this.#ringListeners) listener(name);
    return output;
  }

  /** What a service said before it died, for whoever reads the failed task. */
  #logOutput(name: string, task: Task): void {
    const lines = this.#outputs.get(name)?.ring.last(21) ?? [];
    // Pebble's entry is there, with an empty line, when there was none.
    const texts = lines.length === 0 ? [''] : lines.map(({ message }) => message);
    if (texts.length > 20) texts[0] = '(...)';
    task.logInfo(`Most recent service output:\n${texts.map((text) => `    ${text}`).join('\n')}`);
  }
}
