import { pathInProject, projectScope } from './document-scope.js';

const folders = [
  { name: 'uploads', path: '/srv/uploads' },
  { name: 'archive', path: '/srv/archive' },
];
const patterns = ['uploads/projects/{project_id}/**', 'uploads/*/logo-{project_id}.png'];

describe('the documents of a project', () => {
  const seven = projectScope(folders, patterns, '7');

  it('are those that a pattern gives to it', () => {
    expect(seven.folders.map(({ name }) => name)).toEqual(['uploads']);
    for (const path of [
      'uploads/projects/7/a',
      'uploads/projects/7/deep/er/a',
      'uploads/images/logo-7.png',
    ]) {
      expect([path, seven.includes(path)]).toEqual([path, true]);
    }
  });

  it('are nobody else’s, and not the folder itself', () => {
    for (const path of [
      'uploads/projects/77/a',
      'uploads/projects/7',
      'uploads/projects/a',
      'archive/projects/7/a',
      'uploads/images/logo-77.png',
      'uploads/images/more/logo-7.png',
    ]) {
      expect([path, seven.includes(path)]).toEqual([path, false]);
    }
  });

  it('are looked for only where they can be', () => {
    expect(['uploads', 'uploads/projects', 'uploads/projects/7/deep'].every(seven.mayHold)).toBe(true);
    expect(['archive', 'uploads/projects/8', 'uploads/x/y'].some(seven.mayHold)).toBe(false);
  });

  it.each(['*', '**', '$&', '{project_id}'])('of an id like %s are those of that very name', (id) => {
    const scope = projectScope(folders, patterns, id);
    expect(scope.includes(`uploads/projects/${id}/a`)).toBe(true);
    expect(scope.includes('uploads/projects/7/a')).toBe(false);
  });

  it.each(['..', '.', '', '7/../8', 'a\0b'])('are none for an id that is no name: %j', (id) => {
    const scope = projectScope(folders, ['uploads/projects/{project_id}/**'], id);
    expect(scope.folders).toEqual([]);
    expect(scope.includes(`uploads/projects/${id}/a`)).toBe(false);
  });

  it('belong under the other id in a copy', () => {
    const inEight = (path: string, to = '8') => pathInProject(patterns, path, ['7', to]);
    expect(inEight('uploads/projects/7/7/a')).toBe('uploads/projects/8/7/a');
    expect(inEight('uploads/images/logo-7.png')).toBe('uploads/images/logo-8.png');
    expect(inEight('uploads/projects/9/a')).toBeNull();
    expect(inEight('uploads/projects/7/a', '..')).toBeNull();
  });
});
