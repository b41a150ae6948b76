import type { Event } from '@sentry/node';
import * as Sentry from '@sentry/node';
import { CompleteAsyncError, type Info } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import type { ActivityInterceptorsFactory, InjectedSinks } from '@temporalio/worker';
import type { WorkflowInfo } from '@temporalio/workflow';
import { scrub, textsIn } from '../scrub.ts';
import type { SentrySettings } from '../settings/sentry.ts';
import type { PlainError, WorkflowErrorSinks } from './workflow-errors.ts';

export interface SentryReporterOptions {
  readonly sentry: SentrySettings;
  /** Texts that are never sent. */
  readonly secrets: readonly string[];
  /** Leave the arguments out whatever the settings say: their payloads are encrypted. */
  readonly privatePayloads: boolean;
}

export interface SentryReporter {
  readonly activity: ActivityInterceptorsFactory;
  readonly sinks: InjectedSinks<WorkflowErrorSinks>;
  /** Sends what is left to send, for two seconds at most. */
  close(): Promise<void>;
}

/** What of Sentry's is on: nothing that collects by itself (console, requests, sessions), and so could collect a secret. */
const integrations = () => [
  Sentry.eventFiltersIntegration(),
  Sentry.functionToStringIntegration(),
  Sentry.linkedErrorsIntegration(),
  Sentry.dedupeIntegration(),
  Sentry.contextLinesIntegration(),
  Sentry.nodeContextIntegration(),
];

/**
 * Reports errors of activities and workflows to Sentry, with the tags and contexts of the Python library. An attempt
 * that is retried is reported each time; cancellation is no error. `Sentry.captureException` in an activity's own code
 * goes the same way.
 */
export function startSentry({ sentry, secrets, privatePayloads }: SentryReporterOptions): SentryReporter {
  const withArguments = !sentry.redactParams && !privatePayloads;
  Sentry.init({
    dsn: sentry.dsn,
    ...(sentry.release && { release: sentry.release }),
    ...(sentry.environment && { environment: sentry.environment }),
    sampleRate: sentry.sampleRate,
    defaultIntegrations: false,
    enableRuntimeChannelInjection: false,
    integrations: integrations(),
    beforeSend: (event) => scrub(event, secrets, '<secret>'),
  });

  const report = (error: unknown, about: Report): void => {
    const { args, kind, ...rest } = about;
    const contexts = { ...rest.contexts, ...(withArguments && { [`temporal.${kind}.input`]: { args } }) };
    // A message often quotes an argument; what is to be left out is left out there too.
    const hidden = withArguments ? [] : textsIn(args);
    Sentry.withScope((scope) => {
      scope.addEventProcessor((event: Event) => scrubReport(event, hidden));
      scope.setTags({ 'temporal.execution_type': kind, ...rest.tags });
      for (const [name, context] of Object.entries(contexts)) scope.setContext(name, context);
      Sentry.captureException(error);
    });
  };

  return {
    activity: (context) => ({
      inbound: {
        async execute(input, next) {
          try {
            return await next(input);
          } catch (error) {
            if (!(error instanceof CancelledFailure) && !(error instanceof CompleteAsyncError)) {
              report(error, activityReport(context.info, input.args));
            }
            throw error;
          }
        },
      },
    }),
    sinks: {
      temporalWorkerKit: {
        workflowFailed: { fn: (info, errors, args) => report(rebuilt(errors), workflowReport(info, JSON.parse(args))) },
      },
    },
    close: async () => {
      await Sentry.close(2000);
    },
  };
}

interface Report {
  readonly kind: 'activity' | 'workflow';
  readonly tags: Record<string, string>;
  readonly contexts: Record<string, Record<string, unknown>>;
  readonly args: readonly unknown[];
}

function activityReport(info: Info, args: readonly unknown[]): Report {
  const { workflowExecution } = info;
  return {
    kind: 'activity',
    tags: {
      'temporal.activity.id': info.activityId,
      'temporal.activity.type': info.activityType,
      'temporal.activity.task_queue': info.taskQueue,
      ...(info.workflowNamespace && { 'temporal.workflow.namespace': info.workflowNamespace }),
      ...(info.workflowType && { 'temporal.workflow.type': info.workflowType }),
      ...(workflowExecution && {
        'temporal.workflow.id': workflowExecution.workflowId,
        'temporal.workflow.run_id': workflowExecution.runId,
      }),
    },
    contexts: { 'temporal.activity.info': { attempt: info.attempt, isLocal: info.isLocal } },
    args,
  };
}

function workflowReport(info: WorkflowInfo, args: readonly unknown[]): Report {
  return {
    kind: 'workflow',
    tags: {
      'temporal.workflow.type': info.workflowType,
      'temporal.workflow.id': info.workflowId,
      'temporal.workflow.run_id': info.runId,
      'temporal.workflow.namespace': info.namespace,
      'temporal.workflow.task_queue': info.taskQueue,
    },
    contexts: { 'temporal.workflow.info': { attempt: info.attempt, historyLength: info.historyLength } },
    args,
  };
}

/** Leaves ids and types readable: only what describes the error can quote an argument. */
function scrubReport(event: Event, hidden: readonly string[]): Event {
  return { ...event, ...(event.exception && { exception: scrubMessages(event.exception, hidden) }) };
}

function scrubMessages(
  exception: NonNullable<Event['exception']>,
  hidden: readonly string[],
): NonNullable<Event['exception']> {
  const values = exception.values?.map((value) => ({
    ...value,
    ...(value.value && { value: scrub(value.value, hidden, '<redacted>') }),
  }));
  return values ? { values } : exception;
}

/** The chain of errors that came out of the sandbox as data, as errors again. */
function rebuilt(errors: readonly PlainError[]): Error {
  return (
    errors.reduceRight<Error | undefined>((cause, { name, message, stack }) => {
      const error = new Error(message, cause && { cause });
      error.name = name;
      error.stack = stack || `${name}: ${message}`;
      return error;
    }, undefined) ?? new Error('a workflow failed without an error')
  );
}
