/**
 * The page's words in English. The other languages have the same keys.
 *
 * A function only puts its parameters into a phrase. A number is given as a number: `number` and `counted` write it.
 */
import { counted, number, plain } from './locale.ts';

const daysLong = (n: number) => counted(n, { one: '# day', other: '# days' });
const signedOut = (days: number) =>
  `You were signed out: a sign-in lasts ${daysLong(days)}, unless the gallery's owner ends it earlier.`;

export const en = {
  page: {
    loading: 'Loading',
    language: 'Language',
    tryAgain: 'Try again',
    close: 'Close',
    cancel: 'Cancel',
    download: 'Download',
    settings: 'Settings',
    /** Stands before the number of a request. */
    request: 'Request',
    /** Between parts of a description. */
    comma: ', ',
  },

  login: {
    lead: 'This gallery is private. Please enter the password you were given.',
    password: 'Password',
    show: 'Show password',
    hide: 'Hide password',
    enter: 'Open the gallery',
    stay: (days: number) => `You stay signed in on this device for ${daysLong(days)}.`,
    empty: 'Please enter the password.',
    wrong: 'That is not the right password. Please try again.',
    linkEnded: 'This link has ended, or is not whole. Please ask for a new one.',
    wait: (seconds: number) => `Too many attempts. Please wait ${number(seconds)} s.`,
    expired: (days: number) => `${signedOut(days)} Please enter the password again.`,
    expiredLink: (days: number) => `${signedOut(days)} Please enter the password again, or follow your link again.`,
    noCookie: 'Your browser did not keep the cookie that signs you in. Allow cookies for this page, and try again.',
    noCookieLink:
      'Your browser did not keep the cookie that signs you in. Allow cookies for this page, and follow the link again.',
  },

  header: {
    show: 'Show',
    all: 'All',
    photos: 'Photos',
    films: 'Films',
    favourites: 'Favourites',
    albums: 'Albums',
    logout: 'Log out',
    logoutFailed: 'Logging out failed.',
    downloadNotOpened: 'The download could not be opened. Please check your connection, and reload the page.',
  },

  /** Marks on items, and what is done with those that are selected. */
  select: {
    label: 'Selection',
    start: 'Select',
    day: (day: string) => `Select ${day}`,
    count: (n: number) => counted(n, { one: '# selected', other: '# selected' }),
    selected: 'selected',
    favourite: 'favourite',
    clear: 'End the selection',
    download: 'Download the selection',
    share: 'Share the selection',
    like: 'Add to favourites',
    unlike: 'Remove from favourites',
    failed: 'Not everything could be selected. Please check your connection.',
    most: (n: number) => `At most ${counted(n, { one: '# item', other: '# items' })} can be selected.`,
  },

  favourites: {
    none: 'No favourites yet',
    how: 'Select pictures and tap the heart.',
    stay:
      'Favourites are kept in this browser. Some browsers forget them after a week without a visit: ' +
      'a copied link keeps them.',
    share: 'Copy the link',
    copied: 'The link was copied. It shows these favourites to everybody who may see the gallery.',
    shared: 'These are favourites from a link.',
    keep: 'Keep as mine',
    kept: 'They were added to your favourites.',
    lost: (n: number) => counted(n, { one: '# is no longer in the gallery.', other: '# are no longer in the gallery.' }),
  },

  scrubber: 'Time',

  grid: {
    label: 'Photos and films',
    undated: 'Undated',
    news: 'Something new is here',
    tryingAgain: (reason: string) => `${reason} Trying again.`,
    noPhotos: 'No photos yet',
    noFilms: 'No films yet',
    nothing: 'No photos or films yet',
    appear: 'They appear here as soon as they have been added.',
    photos: (n: number) => counted(n, { one: '# photo', other: '# photos' }),
    films: (n: number) => counted(n, { one: '# film', other: '# films' }),
    items: (n: number) => counted(n, { one: '# item', other: '# items' }),
    toGallery: 'To the gallery',
    itemGone: 'This picture is no longer in the gallery.',
  },

  /** An item, for screen readers. */
  item: {
    photo: (name: string) => `Photo ${name}`,
    livePhoto: (name: string) => `Live photo ${name}`,
    film: (name: string) => `Film ${name}`,
  },

  dates: {
    unknown: 'Date unknown',
    byName: (date: string) => `${date} (from the file's name)`,
    byFile: (date: string) => `${date} (from the file's time)`,
    guess: (date: string) => `${date} (a guess)`,
  },

  lightbox: {
    label: 'Viewer',
    role: 'viewer',
    previous: 'Previous',
    next: 'Next',
    downloadOriginal: 'Download original',
    downloadOf: (name: string) => `Download ${name}`,
    photoFailed: 'This photo could not be loaded.',
    photoUnknown: 'Browsers cannot show this kind of photo.',
    live: 'Live',
    playClip: (name: string) => `Play the clip of ${name}`,
    clipOf: (name: string) => `Clip of ${name}`,
    playFilm: (name: string) => `Play ${name}`,
  },

  /** What the lightbox says of an item, and what one can do with it there. */
  viewer: {
    photo: (when: string) => `Photo, ${when}`,
    film: (when: string) => `Film, ${when}`,
    place: (at: number, of: number) => `${number(at)} of ${number(of)}`,
    zoomed: (percent: number) => `${number(percent)} %. The arrow keys move the picture, 0 shows all of it.`,
    whole: 'The whole picture is shown.',
    fullScreen: 'Full screen',
    leaveFullScreen: 'Leave full screen',
    filmsForbidden:
      'The service that plays the films of this gallery does not let this page read them. Its owner can allow it: ' +
      'ALLOWED_ORIGINS of that service must name the address of this page.',
    notOpened: 'This could not be opened. Please check your connection, or reload the page.',
  },

  /** What is known of an item. */
  info: {
    title: 'Information',
    taken: 'Taken',
    inFile: 'The file itself says so.',
    byName: "A guess from the file's name.",
    byFile: "A guess from the file's time.",
    guess: 'A guess.',
    camera: 'Camera',
    lens: 'Lens',
    exposure: 'Exposure',
    pixels: 'Size',
    length: 'Length',
    bytes: 'File size',
    file: 'File',
    place: 'Place',
    map: 'Show on OpenStreetMap',
  },

  slideshow: {
    start: 'Slideshow',
    stop: 'Stop the slideshow',
    each: 'Time for each picture',
    seconds: (n: number) => `${number(n)} s`,
    shuffled: 'Shuffled',
    runs: 'The slideshow runs. Any turn stops it.',
    over: 'The slideshow has stopped.',
  },

  share: {
    share: 'Share',
    copied: 'The link was copied.',
    again: 'Ready. Press Share once more.',
    failed: 'This could not be shared. The address of this page is the link.',
  },

  download: {
    prepare: 'Prepare',
    preparing: 'Preparing…',
    size: 'Size',
    gallery: 'The gallery',
    originals: 'Originals',
    originalsHint: 'The files as they came in, in full quality.',
    screen: 'Screen size',
    screenHint: (pixels: number) => `Smaller photos, of ${plain(pixels)} pixels at most.`,
    screenHintFilms: (pixels: number) => `Smaller photos, of ${plain(pixels)} pixels at most. Films stay as they are.`,
    files: (n: number) => counted(n, { one: '# file', other: '# files' }),
    leftOut: (n: number) =>
      counted(n, {
        one: '# item is left out: this link does not give the originals.',
        other: '# items are left out: this link does not give the originals.',
      }),
    nothing: 'Nothing of this can be downloaded.',
    inParts: (n: number) =>
      counted(n, {
        one: 'The files come in # part.',
        other: 'The files come in # parts, which you start one by one.',
      }),
    part: (n: number, of: number) => `Part ${number(n)} of ${number(of)}`,
    until: (time: string) => `Your browser shows how far it is. What broke off can go on until ${time}.`,
    downloadSize: (size: string) => `Download ${size}`,
    downloadAgain: 'Download again',
    handed: 'It was handed to your browser.',
    downloadPart: (n: number, of: number) => `Download part ${number(n)} of ${number(of)}`,
    downloadPartAgain: (n: number, of: number) => `Download part ${number(n)} of ${number(of)} again`,
    again: 'Again',
    partHanded: (n: number, of: number) => `Part ${number(n)} of ${number(of)} was handed to your browser.`,
  },

  film: {
    player: 'Player',
    onTelevision: 'On the television',
    toTelevision: 'To a television',
    volume: 'Volume',
    seek: 'Seek',
    /** `0:07 of 1:30` */
    position: (at: string, of: string) => `${at} of ${of}`,
    play: 'Play',
    pause: 'Pause',
    soundOn: 'Sound on',
    mute: 'Mute',
    subtitles: 'Subtitles',
    pip: 'Picture in picture',
    fullScreen: 'Full screen',
    leaveFullScreen: 'Leave full screen',
    quality: 'Quality',
    speed: 'Speed',
    sound: 'Sound',
    chapter: 'Chapter',
    chapterNumber: (n: number) => `Chapter ${number(n)}`,
    normal: 'Normal',
    auto: 'Auto',
    autoNow: (quality: string) => `Auto (${quality})`,
    off: 'Off',
    stopped: 'The film stopped loading. Please check your connection.',
    notLoaded: 'The film could not be loaded.',
    notLoadedWhy: (reason: string) => `The film could not be loaded (${reason}).`,
    notPlayed: (reason: string) => `This film cannot be played here (${reason}).`,
    unsupported: 'This browser cannot play films of this kind. The original can be downloaded.',
    playerNotLoaded: 'The player could not be loaded. Please check your connection, or reload the page.',
    forbidden:
      'The store of this gallery does not let this page read films. Its owner can allow it: the CORS rules of the ' +
      'bucket must name the address of this page.',
  },

  errors: {
    unknown: 'Something went wrong.',
    unreachable: 'The gallery cannot be reached. Please check your connection.',
    answered: (status: string) => `The server answered ${status}.`,
    notUnderstood: "The server's answer was not understood.",
    notUnderstoodWhy: (reason: string) => `The server's answer was not understood: ${reason}.`,
    withRequest: (message: string, id: string) => `${message} (request ${id})`,
    /** What the type of a problem means, in the same way. Its name is that in docs/PROBLEMS.md. */
    ofType: {
      'checksums-missing':
        "Some of these items cannot be downloaded together yet. The gallery's owner can change that. Until then, " +
        'please download them one by one.',
      'too-much': 'This is too much for one download. Please take one album at a time, or select less.',
      'nothing-to-download': 'There is nothing here that can be downloaded in this size.',
      'not-writable':
        "Nothing can be downloaded together here, because the gallery may not write to its store. The gallery's " +
        'owner can change that.',
    },
    /** What the status of an answer means, for a language in which the server does not say it itself. */
    ofStatus: {
      400: 'The gallery did not understand the request.',
      401: 'Please enter the password.',
      403: 'This is not allowed here.',
      404: 'This is not in the gallery.',
      410: 'This is no longer in the gallery.',
      413: 'This is too large.',
      429: 'These were too many requests. Please wait a moment.',
      500: 'Something went wrong in the gallery.',
      502: 'The store of the gallery does not answer as it should. Please try again later.',
      503: 'The gallery is busy. Please try again in a moment.',
      504: 'The gallery took too long to answer. Please try again.',
    },
  },

  cover: {
    label: 'Cover',
    open: 'Open the picture on the cover',
  },

  /** Of a page on a static host, whose services are at another address. */
  elsewhere: {
    unreachable:
      'The gallery cannot be reached. Please check your connection. If this stays so, the gallery does not know the ' +
      'address of this page: whoever runs it can add the address to ALLOWED_ORIGINS.',
    noCookie:
      'Your browser did not keep the cookie that signs you in. This page and the gallery are at two addresses, and ' +
      'browsers keep the cookie only if both belong to one site, such as photos.example.com and api.example.com. ' +
      'Please tell whoever runs the gallery.',
    config: (name: string) => `The page is not set up: ${name} cannot be read.`,
  },

  /** A page at an address where there is nothing. */
  nothing: {
    title: 'There is nothing here',
    text: 'At this address there is no page of the gallery. The link may be incomplete or out of date.',
  },
};

/** The words of one language. */
export type Words = typeof en;
