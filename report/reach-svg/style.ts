/** Dark text on its own light ground, whatever page it stands on; no font and no file is asked for. */
export const STYLE = [
  'text{font-family:ui-monospace,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace;fill:#0f172a;direction:ltr;unicode-bidi:bidi-override;white-space:pre}',
  '.page{fill:#fff}.bare{fill:#fff}.band{fill:#f6f8fa}.head{fill:#e2e8f0}.line{fill:#e2e8f0}.same{fill:#cbd5e1}',
  '.strong{font-weight:700}.faint{fill:#475569}.alarm{fill:#b91c1c;font-weight:700}.apart{font-style:italic}',
  'g rect{stroke-width:1}.ports-of{font-weight:700}',
  '.ports rect{fill:#dbeafe;stroke:#1d4ed8}',
  '.wide rect{fill:#fdba74;stroke:#7c2d12;stroke-width:2}.wide text{font-weight:700}',
  '.unheld rect{fill:#b91c1c;stroke:#450a0a}.unheld text{fill:#fff;font-weight:700}',
  '.possible rect{stroke-dasharray:4 3}.unheld.possible rect{stroke:#fecaca}',
  '.ports.dns rect{fill:#f1f5f9;stroke:#94a3b8}',
].join('');
