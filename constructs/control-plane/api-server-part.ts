import type { Problem } from '../../model';
import type { ConfigurationFile } from './component';
import type { Setting } from './setting';

/** What one area (authentication, audit, encryption, …) gives the API server: its flags, its files, and what is wrong with its properties. */
export interface ApiServerPart {
  readonly settings: readonly Setting[];
  /** The files that the flags name, whose content is known here. */
  readonly files: readonly ConfigurationFile[];
  /** Everything that is wrong with the properties; empty where they are sound. */
  readonly problems: readonly Problem[];
}
