-- Every table and column that a rule can read. A rule names its tables, and only those are computed.
-- `datalint tables` prints this file; each table opens with what a row is and what it costs.

-- The dataset as a whole: one row. Cost: listing.
CREATE TABLE dataset (
    root         VARCHAR NOT NULL,   -- absolute path or URL
    layout       VARCHAR NOT NULL,   -- one of those that --layout knows
    multi_label  BOOLEAN NOT NULL,   -- whether an image can have several labels at once
    pixel_limit  UBIGINT NOT NULL    -- images with more pixels than this are not decoded
);

-- One image in one split. Cost: listing.
CREATE TABLE samples (
    sample_id    INTEGER NOT NULL,   -- key of every per-image table; 0, 1, 2 ... in order of path or position
    path         VARCHAR NOT NULL,   -- relative to the root, with '/', bytes that are not UTF-8 as \xNN; or a URL, or file[12]
    split        VARCHAR,            -- name of the split as written on disk; NULL without splits
    role         VARCHAR,            -- what the split is for: train, validation or test
    label        VARCHAR,            -- class, as a path in a hierarchy (Apple/Rotten); of several all, as a|b; NULL when unlabelled
    labels       VARCHAR[] NOT NULL, -- the classes one by one; empty when unlabelled
    levels       VARCHAR[]           -- the label, level by level; NULL unless there is one
);

-- One extra column of a manifest, for one sample. Cost: listing.
CREATE TABLE attributes (
    sample_id    INTEGER NOT NULL,   -- of samples
    name         VARCHAR NOT NULL,   -- of the column
    value        VARCHAR NOT NULL    -- as written; a cell without a value has no row
);

-- One row of a manifest, for one image that it names. Cost: listing.
CREATE TABLE manifest_rows (
    row          INTEGER NOT NULL,   -- 0, 1, 2 ... in order of the manifests
    position     VARCHAR NOT NULL,   -- file and line: legend.csv:12
    name         VARCHAR NOT NULL,   -- the image as the row names it
    sample_id    INTEGER,            -- of samples; NULL where there is no such image
    split        VARCHAR,            -- that it gives the image; NULL without splits
    label        VARCHAR             -- that it gives the image, several as a|b; NULL when unlabelled
);

-- One place in a manifest, an archive or a file of arrays that could not be read as it should. Cost: listing.
CREATE TABLE faults (
    file         VARCHAR NOT NULL,   -- relative to the root
    place        VARCHAR,            -- where in it (line 12, member cat/1.jpg); NULL for all of it
    kind         VARCHAR NOT NULL,   -- row, label, encoding, length, damaged, escape, no-image or pickle
    reason       VARCHAR NOT NULL    -- what is wrong, and what was expected
);

-- Annotated objects of one class in one image of a detection dataset. Cost: listing.
CREATE TABLE objects (
    sample_id    INTEGER NOT NULL,   -- of samples
    label        VARCHAR NOT NULL,   -- class
    objects      INTEGER NOT NULL    -- how many
);

-- One folder that stands for a class (in a split), or repeats another. Cost: listing.
CREATE TABLE folders (
    path         VARCHAR NOT NULL,   -- relative to the root, with '/'
    kind         VARCHAR NOT NULL,   -- class, or copy for a folder that holds the dataset again
    split        VARCHAR,            -- split that it belongs to
    role         VARCHAR,            -- what the split is for: train, validation or test
    label        VARCHAR,            -- class that it stands for
    images       INTEGER NOT NULL,   -- images in it (of a copy: below it)
    copy_of      VARCHAR             -- of a copy: the folder whose content it repeats
);

-- One file below the root, images and strays. Cost: stat, and the first bytes of small files.
CREATE TABLE files (
    path         VARCHAR NOT NULL,   -- relative to the root, with '/'
    folder       VARCHAR NOT NULL,   -- its folder, relative to the root; '' for the root
    kind         VARCHAR NOT NULL,   -- image, pointer (.dvc), manifest (that was read as a list or container of images) or other
    split        VARCHAR,            -- split that its folder belongs to
    label        VARCHAR,            -- class that its folder stands for
    extension    VARCHAR NOT NULL,   -- lower case, with the dot; '' without one
    bytes        UBIGINT,            -- size; NULL when it is not known (a dangling link, some servers)
    pointer      VARCHAR,            -- git-lfs or dvc when the content was not pulled
    content_digest VARCHAR,          -- of a pointer: SHA-256 of the content, hexadecimal, or md5: and its MD5
    content_bytes UBIGINT            -- of a pointer: size of the content
);

-- One file of the dataset as it is staged in git; there are none outside of a repository. Cost: git's index and blob sizes.
CREATE TABLE tracked_files (
    path         VARCHAR NOT NULL,   -- relative to the root, with '/'
    top_path     VARCHAR NOT NULL,   -- relative to the top of the working tree
    blob         VARCHAR NOT NULL,   -- id of the staged blob
    bytes        UBIGINT,            -- size of the blob; NULL where a partial clone lacks it
    content_bytes UBIGINT,           -- size of the content that a git-lfs pointer stands for; NULL for other files
    pointer      BOOLEAN NOT NULL,   -- whether the blob is a git-lfs pointer
    lfs          BOOLEAN NOT NULL,   -- whether .gitattributes gives the file to git-lfs
    lfs_extension VARCHAR,           -- other spelling of the extension (.jpg for .JPG) that goes to git-lfs while this does not
    converted    VARCHAR,            -- attribute by which git changes line ends whatever the content: text, eol=lf ...
    is_new       BOOLEAN NOT NULL    -- whether the blob is new since HEAD, or since --since; moving a file does not make it new
);

-- One image of the frozen evaluation set, as `datalint lock` recorded it; none without a lock. Cost: reading the lock.
CREATE TABLE locked (
    content      VARCHAR NOT NULL,   -- SHA-256 of the bytes, hexadecimal; path: and the path where they could not be read
    split        VARCHAR NOT NULL,   -- name of its split
    label        VARCHAR,            -- as in samples; NULL when unlabelled
    path         VARCHAR NOT NULL    -- where it was
);

-- One count that the dataset card states, which `datalint card` wrote; none without a card. Cost: reading the card.
CREATE TABLE card (
    file         VARCHAR NOT NULL,   -- the card's file name
    what         VARCHAR NOT NULL,   -- as in counts
    value        VARCHAR NOT NULL    -- as in counts, when it was written
);

-- One image that `datalint augment` made, by the log that it leaves in the folder. Cost: reading the log.
CREATE TABLE augmented (
    content      VARCHAR NOT NULL,   -- SHA-256 of the bytes of the image that was made, hexadecimal
    path         VARCHAR NOT NULL,   -- where it was put
    source       VARCHAR NOT NULL,   -- SHA-256 of the bytes of the image that it was made of, its source
    source_path  VARCHAR NOT NULL    -- where that was put
);

-- One image whose header could be read. Cost: header.
CREATE TABLE headers (
    sample_id    INTEGER NOT NULL,   -- of samples
    format       VARCHAR,            -- by content: JPEG, PNG, WEBP ...; NULL for values in an array
    named_format VARCHAR,            -- that the file's extension stands for; NULL when it stands for none
    mode         VARCHAR NOT NULL,   -- Pillow's: 1, L, LA, P, RGB, RGBA, CMYK, I;16 ...
    colour       BOOLEAN NOT NULL,   -- stored with colour channels or a palette
    alpha        BOOLEAN NOT NULL,   -- with transparency, a channel or a transparent colour
    channels     UTINYINT NOT NULL,  -- stored channels (a palette has 1)
    bit_depth    UTINYINT NOT NULL,  -- bits per channel as stored, 1 to 64
    width        UINTEGER NOT NULL,  -- pixels, as stored (before EXIF orientation)
    height       UINTEGER NOT NULL,  -- pixels, as stored (before EXIF orientation)
    frames       UINTEGER NOT NULL,  -- 1 unless animated or many pages
    orientation  UTINYINT NOT NULL,  -- EXIF orientation, 1 (upright) to 8
    gps          VARCHAR,            -- where it was taken, "latitude, longitude" in degrees, by EXIF
    copyright    VARCHAR,            -- copyright or artist, by EXIF
    camera       VARCHAR,            -- maker and model, by EXIF
    compression  VARCHAR             -- of a JPEG: "quality 75 4:2:0" by libjpeg's tables, or a digest of another table; NULL of others
);

-- One image that could not be measured. Cost: one decode.
CREATE TABLE unmeasured (
    sample_id    INTEGER NOT NULL,   -- of samples
    kind         VARCHAR NOT NULL,   -- unreadable, empty, pointer or oversized
    reason       VARCHAR NOT NULL,   -- in words: truncated, not an image ...
    content_digest VARCHAR           -- SHA-256 of the bytes, hexadecimal; NULL when they cannot be read
);

-- One decoded image, upright (after EXIF orientation). Cost: one decode.
CREATE TABLE pixels (
    sample_id      INTEGER NOT NULL,  -- of samples
    content_digest VARCHAR NOT NULL,  -- SHA-256 of the bytes, hexadecimal
    reduced_digest VARCHAR NOT NULL,  -- of mode, size and pixels at reduced scale: equal for equal images of one format
    phash          UBIGINT NOT NULL,  -- 64-bit perceptual hash (imagehash.phash) of the thumbnail
    brightness     FLOAT NOT NULL,    -- mean luma, 0 to 1
    dark_level     FLOAT NOT NULL,    -- luma that 5 % of the pixels stay below, 0 to 1
    bright_level   FLOAT NOT NULL,    -- luma that 5 % of the pixels exceed, 0 to 1
    contrast       FLOAT NOT NULL,    -- standard deviation of luma, 0 to 0.5
    sharpness      FLOAT,             -- edge sharpness, 0 (no fine structure) to 1; NULL where there are no edges
    entropy        FLOAT NOT NULL,    -- of the luma histogram, bits, 0 to 8
    saturation     FLOAT NOT NULL,    -- mean of (max - min) / max over the channels, 0 to 1
    chroma_range   UTINYINT NOT NULL, -- largest difference between the channels of a thumbnail pixel, 0 (grey) to 255
    temperature    FLOAT NOT NULL,    -- correlated colour temperature of the mean colour, kelvin, 1500 (warm) to 25000 (cool)
    tint_a         FLOAT NOT NULL,    -- mean colour in CIELAB, green (below 0) to red, 0 for grey
    tint_b         FLOAT NOT NULL,    -- mean colour in CIELAB, blue (below 0) to yellow, 0 for grey
    direction      FLOAT,             -- of the dominant edges of the thumbnail, degrees, 0 (across) to 180, counter-clockwise; NULL of flat images
    coherence      FLOAT,             -- how much that one dominates, 0 (edges in all directions) to 1 (in one)
    grain          FLOAT,             -- how coarse the structure is, share of the side; NULL of flat images
    foreground     FLOAT,             -- share that stands out from a plain background; NULL, as all below, where that cannot be told
    polarity       FLOAT,             -- mean luma of that less the background's, -1 (dark on light) to 1 (light on dark)
    centre_x       FLOAT,             -- its middle, share of the width right of the image's, -0.5 to 0.5
    centre_y       FLOAT,             -- its middle, share of the height below the image's, -0.5 to 0.5
    extent         FLOAT,             -- its size in the thumbnail, the side of a square with its second moments, share of the side
    tilt           FLOAT,             -- of its long axis in the thumbnail, degrees, 0 (lying) to 180, counter-clockwise
    elongation     FLOAT,             -- how long it is in the thumbnail, 0 (round) to 1 (a line)
    stroke         FLOAT,             -- its thickness in the thumbnail, twice the area by the perimeter, share of the side
    foreground_l   FLOAT,             -- its mean colour in CIELAB, lightness, 0 to 100
    foreground_a   FLOAT,             -- its mean colour in CIELAB, green (below 0) to red
    foreground_b   FLOAT              -- its mean colour in CIELAB, blue (below 0) to yellow
);

-- One thumbnail (32 x 32 x 3 bytes of RGB, upright, squeezed to a square), kept from the decode. Cost: one decode.
CREATE TABLE thumbnails (
    sample_id    INTEGER NOT NULL,   -- of samples
    slot         BIGINT NOT NULL     -- its place in the file of thumbnails, which is no table
);

-- One member of a group of images that are the same. Cost: relation over pixels.
CREATE TABLE duplicates (
    group_id     INTEGER NOT NULL,   -- groups are numbered from 0 by their first path
    sample_id    INTEGER NOT NULL,   -- of samples
    kind         VARCHAR NOT NULL,   -- of the group: bytes (the same file) or pixels (same mode, size and pixels)
    keeper       BOOLEAN NOT NULL    -- the one to keep
);

-- One pair of images that look the same and are not exact duplicates. Cost: relation over pixels.
CREATE TABLE near_pairs (
    sample_a     INTEGER NOT NULL,   -- of samples, the smaller id
    sample_b     INTEGER NOT NULL,   -- of samples
    distance     UTINYINT NOT NULL,  -- Hamming distance of the perceptual hashes, the second image transformed, 0 to 64
    similarity   FLOAT NOT NULL,     -- shared structure: correlation of the aligned thumbnails' gradients, 0 to 1
    confidence   FLOAT NOT NULL,     -- that they show one picture and do not merely look alike, 0 to 1
    transform    UTINYINT NOT NULL,  -- 0 upright; what turns b into a: bit 4 transposes, then 1 mirrors, 2 flips
    changes      VARCHAR NOT NULL    -- how they differ: mirrored, tilted, cropped, greyscale ..., joined by commas; '' unknown
);

-- One member of a group of near-duplicates: a near pair of the keeper (else of another member), or an exact duplicate. Cost: relation over pixels.
CREATE TABLE near_duplicates (
    group_id     INTEGER NOT NULL,   -- groups are numbered from 0 by their first path
    sample_id    INTEGER NOT NULL,   -- of samples
    kind         VARCHAR NOT NULL,   -- of the group: copies, or burst (frames of one sequence, by their names)
    distance     UTINYINT NOT NULL,  -- Hamming distance of that pair, 0 to 64; 0 for the keeper
    similarity   FLOAT NOT NULL,     -- shared structure of the pair, 0 to 1
    confidence   FLOAT NOT NULL,     -- that the pair shows one picture, 0 to 1
    changes      VARCHAR NOT NULL,   -- how the two of the pair differ, as in near_pairs
    keeper       BOOLEAN NOT NULL    -- the one to keep
);

-- One image that the dataset given with --against has too, with the best match there. Cost: relation over pixels of both.
CREATE TABLE contamination (
    sample_id    INTEGER NOT NULL,   -- of samples
    other        VARCHAR NOT NULL,   -- the other dataset, as it was given
    other_path   VARCHAR NOT NULL,   -- of the image there
    other_label  VARCHAR,            -- its label there
    other_split  VARCHAR,            -- its split there
    kind         VARCHAR NOT NULL,   -- bytes (the same file), pixels (same mode, size and pixels) or near
    distance     UTINYINT NOT NULL,  -- Hamming distance of the perceptual hashes, 0 to 64
    similarity   FLOAT NOT NULL,     -- shared structure, 0 to 1
    confidence   FLOAT NOT NULL,     -- that they show one picture, 0 to 1
    changes      VARCHAR NOT NULL    -- how they differ, as in near_pairs
);

-- One class with 20 different pictures of one label each or more, held against the others by the corners of its images, where there is most
-- background. Near-duplicates count once, and no more than 250 pictures a class are looked at. Cost: relation over pixels.
CREATE TABLE background (
    label        VARCHAR NOT NULL,   -- class
    pictures     INTEGER NOT NULL,   -- that were looked at
    auroc        FLOAT NOT NULL,     -- how well a classifier that sees corners alone tells it from the others: 0.5 by chance, 1 always
    auroc_low    FLOAT NOT NULL,     -- lower end of the interval (95 %)
    auroc_high   FLOAT NOT NULL,     -- upper end of the interval (95 %)
    recognised   FLOAT NOT NULL,     -- share of its images that it recognises with 5 % of the others mistaken for it, 0 to 1
    evaluation_auroc FLOAT,          -- the same AUROC on validation and test images alone; NULL with fewer than 10 of the class
    agreed_auroc FLOAT,              -- AUROC of a classifier of single corners, three of four agreeing; NULL where no class is told by all
    contrast     FLOAT NOT NULL,     -- how much an odd part stands out from the corners, beside the smaller differences among these (median)
    object_auroc FLOAT NOT NULL,     -- AUROC of the same classifier on the part of the middle that differs most from the corners
    object_drop  FLOAT NOT NULL,     -- by what share its score falls from the corners to that part, in the more typical half
    apart        BOOLEAN NOT NULL,   -- whether these say background, not object: corners agree, a part stands out, and is less like the class
    light_auroc  FLOAT NOT NULL,     -- AUROC by lightness and tint of the corners alone
    light_low    FLOAT NOT NULL,     -- lower end of its interval (95 %)
    light_object_auroc FLOAT NOT NULL, -- AUROC of that classifier on the odd part: high where the whole image is lit or tinted so
    backgrounds  FLOAT NOT NULL,     -- distinct backgrounds, as many equally frequent ones as are as diverse
    shared       FLOAT NOT NULL,     -- how common its backgrounds are in other classes, beside itself: 0 never, 1 as common
    spread       FLOAT NOT NULL,     -- how far its corners typically are from their median colours, grey levels of 255
    spread_others FLOAT NOT NULL,    -- median of the same over the other classes
    barred       FLOAT NOT NULL,     -- share of its images between bars or in a frame, 0 to 1
    barred_others FLOAT NOT NULL,    -- mean of the same over the other classes
    barred_gap   FLOAT NOT NULL,     -- lower end of the difference of both (95 %), -1 to 1
    look         VARCHAR NOT NULL,   -- its corners beside the others': bluer (1.2), smoother (0.8); in standard deviations
    typical      INTEGER[] NOT NULL, -- sample_id of the six images whose corners are most like the class
    untypical    INTEGER[] NOT NULL  -- sample_id of the three whose corners are least
);

-- One class with 20 different pictures or more, held against the others by what headers tell. Cost: relation over pixels.
CREATE TABLE file_traits (
    label        VARCHAR NOT NULL,   -- class
    pictures     INTEGER NOT NULL,   -- that were looked at, near-duplicates once
    auroc        FLOAT NOT NULL,     -- how well size, format, channels, compression and camera tell it from the others: 0.5 by chance, 1 always
    auroc_low    FLOAT NOT NULL,     -- lower end of the interval (95 %)
    recognised   FLOAT NOT NULL,     -- share of its images that it recognises with 5 % of the others mistaken for it, 0 to 1
    fields       VARCHAR[] NOT NULL, -- the one or two that suffice: width, compression ...
    fields_auroc FLOAT NOT NULL,     -- AUROC by these alone
    usual        VARCHAR NOT NULL    -- their most frequent values in the class, with their share there and elsewhere
);

-- One fact of the images of one class in one split, copies and bursts counting once: how far it spreads. Cost: relation over pixels.
CREATE TABLE variation (
    label        VARCHAR NOT NULL,   -- class
    split        VARCHAR,            -- split; NULL without splits
    role         VARCHAR,            -- what the split is for: train, validation or test
    fact         VARCHAR NOT NULL,   -- lightness, contrast, temperature (mired), tint_a, tint_b, direction (degrees), or of what stands out from plain backgrounds centre_x, centre_y, tilt (degrees), scale and stroke (logarithms), polarity
    pictures     INTEGER NOT NULL,   -- different images of the class in the split
    measured     INTEGER NOT NULL,   -- those of which the fact is known, 10 or more
    middle       FLOAT NOT NULL,     -- their mean, in the fact's unit
    spread       FLOAT NOT NULL,     -- their standard deviation
    low          FLOAT NOT NULL,     -- lower end of its interval (95 %)
    high         FLOAT NOT NULL,     -- upper end of its interval (95 %)
    typical      FLOAT NOT NULL      -- median of the spreads of the classes in the split
);

-- The images of one class in one split, 10 or more: how many different ones they amount to. Cost: relation over pixels.
CREATE TABLE diversity (
    label        VARCHAR NOT NULL,   -- class
    split        VARCHAR,            -- split; NULL without splits
    role         VARCHAR,            -- what the split is for: train, validation or test
    images       INTEGER NOT NULL,   -- images with this label alone
    originals    INTEGER NOT NULL,   -- those that were not made of another by datalint augment
    pictures     INTEGER NOT NULL,   -- groups of copies and bursts counting once
    different    FLOAT NOT NULL,     -- pictures that the originals amount to, each with as many versions, by 200 of them
    different_high FLOAT NOT NULL,   -- upper end of its interval (95 %)
    viewpoints   FLOAT,              -- viewpoints: places, sizes and tilts, as many equally frequent ones as are as diverse; NULL where not told
    lights       FLOAT,              -- lights: lightness, contrast and temperature, counted so
    colours      FLOAT               -- colours of what stands out from plain backgrounds, counted so; NULL where not told
);

-- One distinct colour of what stands out from plain backgrounds in one class and split: others are apart from it. Cost: relation over pixels.
CREATE TABLE class_colours (
    label        VARCHAR NOT NULL,   -- class
    split        VARCHAR,            -- split; NULL without splits
    role         VARCHAR,            -- what the split is for: train, validation or test
    colour       VARCHAR NOT NULL,   -- nearest basic colour term: red, green ...
    lightness    FLOAT NOT NULL,     -- mean colour in CIELAB, lightness, 0 to 100
    a            FLOAT NOT NULL,     -- mean colour in CIELAB, green (below 0) to red
    b            FLOAT NOT NULL,     -- mean colour in CIELAB, blue (below 0) to yellow
    pictures     INTEGER NOT NULL,   -- images of it, 3 or more, copies and bursts counting once
    share        FLOAT NOT NULL,     -- of those whose colour is known, 0 to 1
    share_low    FLOAT NOT NULL,     -- lower end of its interval (95 %)
    share_high   FLOAT NOT NULL,     -- upper end of its interval (95 %)
    scattered    FLOAT NOT NULL      -- share of the images that have no distinct colour, 0 to 1
);

-- One thing that nearly all images (of the training split) have in common, in a dataset of 50 or more. Cost: relation over pixels.
CREATE TABLE population (
    aspect       VARCHAR NOT NULL,   -- size, colour, background, place, scale, tilt, stroke or light
    what         VARCHAR NOT NULL,   -- in words: 28×28, grey, light on dark, centred ...
    fails_on     VARCHAR             -- input that a model of such images fails on: inverted, shifted ...
);

-- One image that seems to be of another class than its label says. Cost: relation over pixels.
CREATE TABLE suspects (
    sample_id    INTEGER NOT NULL,   -- of samples
    suggested    VARCHAR NOT NULL,   -- class that it seems to be of
    probability  FLOAT NOT NULL,     -- of that class, by a classifier that did not learn from the image or its copies, 0 to 1
    given_probability FLOAT NOT NULL, -- of its label, 0 to 1
    method       VARCHAR NOT NULL    -- what the classifier sees: descriptors of thumbnails, and embeddings given; or it is probabilities given
);

-- Up to 100 classes with 10 images of one label each or more, whose labels were judged together. Cost: relation over pixels.
CREATE TABLE label_quality (
    method       VARCHAR NOT NULL,   -- as in suspects
    images       INTEGER NOT NULL,   -- that were judged
    classes      INTEGER NOT NULL,   -- that were told apart
    accuracy     FLOAT NOT NULL,     -- balanced accuracy on images that were not learned from, 0 to 1
    obstacle     VARCHAR,            -- why labels cannot be judged so; NULL where they can
    listed       INTEGER NOT NULL,   -- suspects
    precision    FLOAT,              -- estimated share of the suspects that are wrong indeed, 0 to 1; NULL without suspects
    recall       FLOAT,              -- estimated share of the wrong labels that are suspects, 0 to 1; NULL without wrong labels
    errors       FLOAT,              -- estimated number of wrong labels; NULL with an obstacle
    errors_low   FLOAT,              -- lower end of its interval (95 %)
    errors_high  FLOAT               -- upper end of its interval (95 %)
);

-- One image whose embedding, given with --embeddings, has no others near it. Cost: reading the embeddings.
CREATE TABLE outliers (
    sample_id    INTEGER NOT NULL,   -- of samples
    distance     FLOAT NOT NULL      -- to the fifth nearest image, beside the median of the dataset
);

-- One split with 20 different pictures or more, held against training class by class, by light, colour, size, compression, background.
-- Copies and bursts count once, and no more than 2,000 pictures a split are looked at. Cost: relation over pixels.
CREATE TABLE drift (
    split        VARCHAR NOT NULL,   -- that is held against the training split
    role         VARCHAR,            -- what the split is for: validation or test; NULL where its name does not say
    pictures     INTEGER NOT NULL,   -- of it that were looked at, of classes that both have
    training     INTEGER NOT NULL,   -- of the training split, likewise
    auroc        FLOAT NOT NULL,     -- how well a classifier tells its images from those of the same class in training: 0.5 by chance, 1 always
    auroc_low    FLOAT NOT NULL,     -- lower end of the interval (95 %)
    chance       FLOAT NOT NULL,     -- how probable it is that any single fact, or what embeddings tell, differs so much in a random split, 0 to 1
    facts        VARCHAR[] NOT NULL, -- the one or two that tell most: lightness, background, embeddings ...; none where chance is above 0.05
    facts_auroc  FLOAT NOT NULL,     -- AUROC by these alone; 0.5 where there are none
    differ       VARCHAR NOT NULL    -- how they differ: lightness 0.42, 0.57 in training
);

-- One label of one sample. Cost: listing.
CREATE VIEW sample_labels AS (
    SELECT
        sample_id,                   -- of samples
        split,                       -- split; NULL without splits
        role,                        -- what the split is for: train, validation or test
        label,                       -- one of the sample's labels, or of the objects in it
        amount                       -- 1; in a detection dataset the annotated objects of the class
    FROM (
        SELECT sample_id, split, role, unnest(labels) AS label, 1 AS amount FROM samples
        UNION ALL
        SELECT sample_id, samples.split, samples.role, objects.label, objects.objects
        FROM objects JOIN samples USING (sample_id)
    )
);

-- One class and split, also where the split lacks the class. Cost: listing.
CREATE VIEW class_splits AS (
    SELECT
        label,                       -- class
        split,                       -- split; NULL without splits
        role,                        -- what the split is for: train, validation or test
        images                       -- images of the class in the split (or annotated objects), 0 where it lacks the class
    FROM (
        SELECT c.label, s.split, s.role, coalesce(sum(one.amount), 0) AS images
        FROM (SELECT DISTINCT label FROM folders WHERE kind = 'class' UNION SELECT DISTINCT label FROM sample_labels) c
        CROSS JOIN (
            SELECT split, role FROM sample_labels
            UNION SELECT split, role FROM folders WHERE kind = 'class'
        ) s
        LEFT JOIN sample_labels one ON one.label = c.label AND one.split IS NOT DISTINCT FROM s.split
        WHERE c.label IS NOT NULL
        GROUP BY ALL
    )
);

-- One class. Cost: listing.
CREATE VIEW classes AS (
    SELECT
        label,                       -- class
        images,                      -- images that count for balance: of the training split where there is one
        total,                       -- images in all splits
        CASE WHEN EXISTS (SELECT 1 FROM objects) THEN 'objects' ELSE 'images' END AS unit,  -- what images counts: images or objects
        avg(images) FILTER (WHERE images > 0) OVER () AS mean,  -- mean of images over the classes that have any
        max(images) OVER () AS largest,    -- images of the largest class
        count(*) OVER () AS classes        -- number of classes
    FROM (
        SELECT
            label,
            CAST(sum(images) FILTER (WHERE role = 'train' OR NOT trained) AS INTEGER) AS images,
            CAST(sum(images) AS INTEGER) AS total
        FROM (SELECT *, bool_or(role IS NOT DISTINCT FROM 'train') OVER () AS trained FROM class_splits)
        GROUP BY label
    )
);

-- One split. Cost: listing.
CREATE VIEW splits AS (
    SELECT
        split,                       -- name as written on disk
        role,                        -- what the split is for: train, validation or test
        count(DISTINCT samples.sample_id) AS images,         -- images in it
        count(DISTINCT one.label) AS classes,                -- classes that it has images of
        count(DISTINCT samples.sample_id) / sum(count(DISTINCT samples.sample_id)) OVER () AS share  -- of all images that are in a split, 0 to 1
    FROM samples LEFT JOIN (SELECT sample_id, label FROM sample_labels) one USING (sample_id)
    WHERE split IS NOT NULL GROUP BY split, role
);

-- One count that a dataset card states; of each class in each split where these are no more than 1,000. Cost: listing.
CREATE VIEW counts AS (
    SELECT
        what,                        -- images, classes, images of a split, class "cat" (in a split), or by class and split
        value                        -- the count; by class and split a SHA-256 of them all, hexadecimal
    FROM (
        SELECT 'images' AS what, CAST(count(*) AS VARCHAR) AS value FROM samples
        UNION ALL
        SELECT 'classes', CAST(count(*) AS VARCHAR) FROM classes WHERE total > 0
        UNION ALL
        SELECT 'images of ' || split, CAST(images AS VARCHAR) FROM splits
        UNION ALL
        SELECT 'by class and split', sha256(coalesce(string_agg(
            concat(length(label), ':', label, coalesce('/' || split, ''), '=', images), ',' ORDER BY label, split
        ), ''))
        FROM class_splits WHERE images > 0
        UNION ALL
        SELECT concat('class ', to_json(label), ' in ' || split), CAST(images AS VARCHAR)
        FROM class_splits WHERE images > 0 QUALIFY count(*) OVER () <= 1000
    )
);

-- One image that is a file of its own. Cost: stat, and the first bytes of small files.
CREATE VIEW image_files AS (
    SELECT DISTINCT
        path,                        -- of files
        bytes,                       -- size on disk; NULL when it is not known
        pointer                      -- git-lfs or dvc when the content was not pulled
    FROM files SEMI JOIN samples USING (path)
);

-- One image as it is shown, turned by its EXIF orientation. Cost: header only.
CREATE VIEW upright AS (
    SELECT
        sample_id,                   -- of samples
        CASE WHEN orientation > 4 THEN height ELSE width END AS width,   -- pixels
        CASE WHEN orientation > 4 THEN width ELSE height END AS height   -- pixels
    FROM headers
);

-- One sample and its content. Cost: one decode.
CREATE VIEW contents AS (
    SELECT
        sample_id,                   -- of samples
        coalesce(pixels.content_digest, unmeasured.content_digest, files.content_digest) AS content  -- SHA-256 of the bytes (of a DVC pointer md5: and its MD5); NULL when they cannot be read
    FROM samples LEFT JOIN pixels USING (sample_id) LEFT JOIN unmeasured USING (sample_id) LEFT JOIN files USING (path)
);

-- One image in the family of one that `datalint augment` made others of; contents tell, wherever the files are now (a path does where a
-- change changed nothing). Cost: one decode.
CREATE VIEW families AS (
    SELECT
        sample_id,                   -- of samples
        family,                      -- content of the source, which all of a family were made of
        made                         -- whether it was made; else it is the source
    FROM (
        SELECT DISTINCT sample_id, source AS family, true AS made
        FROM augmented JOIN contents USING (content) JOIN samples USING (sample_id)
        WHERE content <> source OR samples.path = augmented.path
        UNION ALL
        SELECT sample_id, content, false
        FROM contents SEMI JOIN (SELECT source AS content FROM augmented) USING (content) JOIN samples USING (sample_id)
            ANTI JOIN (SELECT path FROM augmented WHERE content = source) USING (path)
    )
);

-- One image and the picture that it shows: copies and frames of one burst show the same. Cost: relation over pixels.
CREATE VIEW depictions AS (
    SELECT
        sample_id,                   -- of samples
        min(sample_id) OVER (PARTITION BY CASE
            WHEN near IS NOT NULL THEN 'near ' || near WHEN same IS NOT NULL THEN 'same ' || same
            ELSE sample_id::VARCHAR
        END) AS picture              -- smallest sample_id of those that show it
    FROM samples
        LEFT JOIN (SELECT sample_id, group_id AS near FROM near_duplicates WHERE confidence >= 0.8) USING (sample_id)
        LEFT JOIN (SELECT sample_id, group_id AS same FROM duplicates) USING (sample_id)
);

-- One class in one split that is trained on: how what stands out from plain backgrounds stands there. Cost: relation over pixels.
CREATE VIEW poses AS (
    SELECT
        label,                       -- class
        split,                       -- split; NULL without splits
        pictures,                    -- different images
        measured,                    -- those in which something stands out
        across,                      -- how far its middle spreads, share of the width
        down,                        -- how far its middle spreads, share of the height
        away,                        -- how far from the middle of the image nine in ten are at most, share of the sides
        extent,                      -- mean size, share of the sides
        scale,                       -- how far sizes spread; 0.1 is 10 %
        turn,                        -- how far tilts spread, degrees
        shift_high,                  -- upper end of the larger of both spreads of the middle (95 %)
        scale_high,                  -- upper end of the spread of sizes (95 %)
        turn_high,                   -- upper end of the spread of tilts (95 %)
        round,                       -- whether fewer than half of what stands out has a long axis, so that its tilt is not told
        coalesce(shift_high <= 0.05 AND scale_high <= 0.12 AND (round OR turn_high <= 15), false) AS one_viewpoint  -- by the default limits of uniform-viewpoint
    FROM (
        SELECT
            label,
            split,
            max(pictures) AS pictures,
            max(measured) FILTER (WHERE fact = 'scale') AS measured,
            max(spread) FILTER (WHERE fact = 'centre_x') AS across,
            max(spread) FILTER (WHERE fact = 'centre_y') AS down,
            max(abs(middle) + 1.95 * high) FILTER (WHERE fact IN ('centre_x', 'centre_y')) AS away,
            exp(max(middle) FILTER (WHERE fact = 'scale')) AS extent,
            max(spread) FILTER (WHERE fact = 'scale') AS scale,
            max(spread) FILTER (WHERE fact = 'tilt') AS turn,
            max(high) FILTER (WHERE fact IN ('centre_x', 'centre_y')) AS shift_high,
            max(high) FILTER (WHERE fact = 'scale') AS scale_high,
            max(high) FILTER (WHERE fact = 'tilt') AS turn_high,
            coalesce(max(measured) FILTER (WHERE fact = 'tilt'), 0) < max(measured) FILTER (WHERE fact = 'scale') / 2 AS round
        FROM variation
        WHERE role = 'train' OR NOT EXISTS (SELECT 1 FROM samples WHERE role = 'train')
        GROUP BY label, split
    )
);

-- One group of exact duplicates. Cost: relation over pixels.
CREATE VIEW duplicate_groups AS (
    SELECT
        group_id,                    -- of duplicates
        any_value(kind) AS kind,     -- bytes (the same file) or pixels (same mode, size and pixels)
        count(*) AS copies,          -- samples in the group
        list(path ORDER BY keeper DESC, path) AS paths,    -- all of them, the one to keep first
        list_sort(list_distinct(list(label))) AS labels,   -- their labels, without NULL
        list_sort(list_distinct(list(split))) AS splits    -- their splits, without NULL
    FROM duplicates JOIN samples USING (sample_id) GROUP BY group_id
);

-- One group of near-duplicates. Cost: relation over pixels.
CREATE VIEW near_duplicate_groups AS (
    SELECT
        group_id,                    -- of near_duplicates
        any_value(kind) AS kind,     -- copies, or burst (frames of one sequence)
        count(*) AS copies,          -- samples in the group
        count(DISTINCT coalesce(same, -1 - sample_id)) AS pictures,  -- the same without exact duplicates
        max(distance) AS distance,   -- largest Hamming distance of the pairs
        min(similarity) AS similarity,                     -- smallest similarity of the pairs
        min(confidence) AS confidence,                     -- smallest confidence
        CASE
            WHEN pictures = 2 AND count(DISTINCT changes) = 1 THEN any_value(changes) || ' copy'
            ELSE pictures || ' images that look the same'
                || coalesce(' (' || string_agg(DISTINCT changes, '; ' ORDER BY changes) || ')', '')
        END AS what,                 -- mirrored copy; or 4 images that look the same (cropped; mirrored)
        list(path ORDER BY keeper DESC, path) AS paths,    -- all of them, the one to keep first
        list_sort(list_distinct(list(label))) AS labels,   -- their labels, without NULL
        list_sort(list_distinct(list(split))) AS splits    -- their splits, without NULL
    FROM (SELECT * REPLACE (nullif(changes, '') AS changes) FROM near_duplicates) JOIN samples USING (sample_id)
        LEFT JOIN (SELECT sample_id, group_id AS same FROM duplicates) USING (sample_id)
    GROUP BY group_id
);
