import { floors } from './scripts/floors.mjs';

const folderPattern = (names) => `^src/(${names.join('|')})/`;

/** From outside, a folder is entered through these files only; common/, config/ and persistence/ are all door. */
const doors = String.raw`\.(service|module|types|errors|entity|dto|decorators|guard)\.ts$`;
const openFolders = ['common', 'config', 'persistence'];

const upward = floors.flatMap((names, floor) => {
  const above = floors.slice(floor + 1).flat();
  return names.map((name) => ({
    name: `no-upward-import-from-${name}`,
    comment: `${name}/ stands on floor ${floor}; it may know lower floors only.`,
    severity: 'error',
    from: { path: folderPattern([name]), pathNot: String.raw`\.spec\.ts$` },
    to: { path: folderPattern([...above, ...names.filter((other) => other !== name)]) },
  }));
});

export default {
  forbidden: [
    ...upward,
    ...floors.flat().map((name) => ({
      name: `enter-${name}-by-its-doors`,
      comment:
        'From outside, a folder is entered through its service, module, types, errors, entity or guard.',
      severity: 'error',
      from: { path: '^src/', pathNot: [folderPattern([name]), String.raw`\.spec\.ts$`] },
      to: openFolders.includes(name) ? { path: '^$' } : { path: folderPattern([name]), pathNot: doors },
    })),
    {
      name: 'no-circular',
      comment: 'Two files that import each other pass tests under ESM and crash the built service.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'nothing-imports-the-doors-of-the-building',
      severity: 'error',
      from: { path: '^src/', pathNot: [String.raw`^src/[^/]+\.ts$`] },
      to: { path: String.raw`^src/[^/]+\.ts$` },
    },
    {
      name: 'every-folder-stands-on-a-floor',
      comment:
        'A new folder of src/ gets its place in scripts/floors.mjs; without one, no rule would hold for it.',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: folderPattern(floors.flat()) },
      to: {},
    },
    {
      name: 'no-import-from-a-folder-without-a-floor',
      severity: 'error',
      from: {},
      to: { path: '^src/[^/]+/', pathNot: folderPattern(floors.flat()) },
    },
    {
      name: 'no-dev-dependencies-in-the-product',
      comment: 'A type may come from a development dependency; what runs may not.',
      severity: 'error',
      from: { path: '^src/', pathNot: String.raw`\.spec\.ts$` },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only'],
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node'] },
  },
};
