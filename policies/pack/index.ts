/** The policy pack as Pulumi starts it. `KEELSON_WAIVERS` names a YAML file with waivers, `KEELSON_ACCESS` a baseline of access. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { parseAccessBaseline } from '../access-paths';
import { servePreviewPack } from '../enforce/preview';
import { parseWaivers } from '../enforce/waiver-list';

const { KEELSON_WAIVERS: waivers, KEELSON_ACCESS: access } = process.env;
servePreviewPack({
  waivers: waivers === undefined ? [] : parseWaivers(parse(readFileSync(waivers, 'utf8')), waivers),
  access: access === undefined ? undefined : parseAccessBaseline(readFileSync(access, 'utf8'), access),
});
