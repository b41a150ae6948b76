import { expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { renderFiles } from '../../../../src/companions/alertmanager-k8s/configuration.ts';

const render = (configFile = '', templates = '') =>
  renderFiles({ configFile, templates, dataDir: '/data', application: 'am' });

function rendered(configFile?: string, templates?: string) {
  const result = render(configFile, templates);
  if ('problem' in result) throw new Error(result.problem);
  return { config: parse(result.files['alertmanager.yml']!), files: Object.keys(result.files) };
}

test('groups alerts by application and model, also where the user says how to group', () => {
  const topology = ['juju_application', 'juju_model', 'juju_model_uuid'];
  expect(rendered().config.route).toMatchObject({ receiver: 'placeholder', group_by: topology });
  expect(rendered('route: {receiver: r, group_by: [alertname]}').config.route.group_by).toEqual([
    'alertname',
    ...topology,
  ]);
  expect(rendered("route: {receiver: r, group_by: ['...']}").config.route.group_by).toEqual(['...']);
});

test('has templates only beside a configuration of the user', () => {
  expect(rendered('', '{{ define "x" }}{{ end }}').files).toEqual(['alertmanager.yml']);
  const both = rendered('route: {receiver: r}', '{{ define "x" }}{{ end }}');
  expect(both.files).toEqual(['alertmanager.yml', 'templates.tmpl']);
  expect(both.config.templates).toEqual(['/data/templates.tmpl']);
});

test.each([
  {
    config: 'alertmanager.yaml',
    problem: /^Unable to set config from file\. Use charmlet config am config_file=@FILENAME$/,
  },
  { config: '[1]', problem: /^Unable to set config from file/ },
  { config: 'a: {', problem: /^cannot read config option "config_file": / },
  { config: 'templates: [x]', problem: /^Invalid config file: use charm's 'templates' config option instead$/ },
])('refuses $config', ({ config, problem }) => {
  expect(render(config)).toEqual({ problem: expect.stringMatching(problem) });
});

test('a line that YAML finds odd is shown to nobody, for it may hold a password', () => {
  const warned = vi.spyOn(process, 'emitWarning');
  render('global: {smtp_auth_password: !secret*}\nroute: {receiver: r}');
  expect(warned).not.toHaveBeenCalled();
});
