/**
 * Writes the settings of the extension into package.json: those of the configuration, as its published schema has them, in
 * the order of their names. `--check` only says whether they are current.
 */

import fs from 'node:fs';

/** What only the command line has a use for. */
const OF_THE_COMMAND_LINE = ['fail-on'];

const read = (file) => JSON.parse(fs.readFileSync(new URL(file, import.meta.url), 'utf8'));
const camelCase = (key) => key.replace(/-(.)/g, (_, letter) => letter.toUpperCase());

const schema = read('../../docs/schemas/configuration.json');

function setting({ anyOf, description, default: _, ...rest }) {
  const reference = anyOf?.find((choice) => '$ref' in choice)?.$ref;
  const type = reference ? schema.$defs[reference.split('/').pop()] : rest;
  return {
    ...type,
    type: [].concat(type.type, 'null').filter((name, index, all) => all.indexOf(name) === index),
    ...(type.enum && { enum: [...type.enum, null] }),
    default: null,
    description: undefined,
    markdownDescription: description,
  };
}

const manifest = read('package.json');
const { 'preboot.path': path } = manifest.contributes.configuration.properties;
const properties = { 'preboot.path': path };
for (const key of Object.keys(schema.properties).sort()) {
  if (!OF_THE_COMMAND_LINE.includes(key)) {
    properties[`preboot.${camelCase(key)}`] = setting(schema.properties[key]);
  }
}
const before = JSON.stringify(manifest);
manifest.contributes.configuration.properties = properties;
if (process.argv.includes('--check')) {
  if (JSON.stringify(manifest) !== before) {
    console.error('package.json lacks settings of the configuration, or has old ones: npm run settings');
    process.exit(1);
  }
} else {
  fs.writeFileSync(new URL('package.json', import.meta.url), `${JSON.stringify(manifest, null, 2)}\n`);
}
