import { oneApplication } from '../one-application.ts';
import { formatOptions, writeFormatted } from '../output.ts';
import { renderTable } from '../table.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  args: '<application>',
  purpose: 'List the resources of an application.',
  options(command) {
    formatOptions(command, 'tabular', ['json', 'yaml']);
    command.option('--details', 'show where a resource comes from');
  },
  async run(call) {
    const listing = await call.client.call('resources', { application: oneApplication(call.args) });
    await writeFormatted(
      call,
      { resources: listing },
      {
        tabular: ({ resources }) => {
          if (resources.length === 0) return 'No resources to display.\n';
          const details = call.options.details === true;
          const rows = resources.map((one) => [
            one.name,
            one.suppliedBy,
            one.revision,
            ...(details ? [one.value] : []),
          ]);
          return renderTable([['Resource', 'Supplied by', 'Revision', ...(details ? ['Value'] : [])], ...rows]);
        },
      },
    );
    return 0;
  },
};
