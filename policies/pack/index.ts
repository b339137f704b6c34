/** The policy pack as Pulumi starts it. `KEELSON_WAIVERS` names a YAML file with waivers. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { servePreviewPack } from '../enforce/preview';
import { parseWaivers } from '../enforce/waiver-list';

const file = process.env.KEELSON_WAIVERS;
servePreviewPack({
  waivers: file === undefined ? [] : parseWaivers(parse(readFileSync(file, 'utf8')), file),
});
