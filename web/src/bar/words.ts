/** What the bar says. */
export const WORDS = {
  show: 'Show',
  everything: 'All',
  photos: 'Photos',
  films: 'Films',
  favourites: 'Favourites',
  albums: 'Albums',
  select: 'Select',
  download: 'Download',
  logout: 'Log out',
} as const;
