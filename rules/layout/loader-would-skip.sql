/*
code = "LAY007"
title = "Loader would skip images"
severity = "warning"
subject = "class"
needs = ["folders.label", "headers.named_format"]
message = "{count:,} of the {total:,} images of {label} ({kind}) are not loaded by {loaders}: {listed}"
why = """
Loaders take images by the extensions that they know and leave out the others without a word, or fail on a format that
they cannot decode. The class is smaller than it looks, in one framework and not in another."""
advice = "Convert them to JPEG or PNG."
source = """\
torchvision 0.29 ImageFolder, Keras 3.15 image_dataset_from_directory, Hugging Face datasets 5.2 imagefolder (lists of \
extensions); tf.io.decode_image (BMP, GIF, JPEG, PNG by content)"""
*/
WITH loaders (loader, extensions, formats) AS (
    VALUES
    ('torchvision', ['.jpg', '.jpeg', '.png', '.ppm', '.bmp', '.pgm', '.tif', '.tiff', '.webp'], NULL),
    ('Keras', ['.bmp', '.gif', '.jpeg', '.jpg', '.png'], ['BMP', 'GIF', 'JPEG', 'PNG']),
    ('tf.data', NULL, ['BMP', 'GIF', 'JPEG', 'PNG']),
    (
        'Hugging Face',
        [
            '.blp', '.bmp', '.dib', '.bufr', '.cur', '.pcx', '.dcx', '.dds', '.ps', '.eps', '.fit', '.fits', '.fli',
            '.flc', '.ftc', '.ftu', '.gbr', '.gif', '.grib', '.png', '.apng', '.jp2', '.j2k', '.jpc', '.jpf', '.jpx',
            '.j2c', '.icns', '.ico', '.im', '.iim', '.tif', '.tiff', '.jfif', '.jpe', '.jpg', '.jpeg', '.mpg', '.mpeg',
            '.msp', '.pcd', '.pxr', '.pbm', '.pgm', '.ppm', '.pnm', '.psd', '.bw', '.rgb', '.rgba', '.sgi', '.ras',
            '.tga', '.icb', '.vda', '.vst', '.webp', '.wmf', '.emf', '.xbm', '.xpm'
        ],
        NULL
    )
),
images AS (
    SELECT samples.label, path, extension, coalesce(format, extension) AS kind, format
    FROM samples JOIN files USING (path) JOIN headers USING (sample_id)
    WHERE samples.label IS NOT NULL
),
loaded AS (
    SELECT
        images.*, loader,
        (extensions IS NULL OR list_contains(extensions, extension))
        AND (formats IS NULL OR list_contains(formats, format)) AS taken
    FROM images CROSS JOIN loaders
),
-- A loader that takes none of the images says so itself; what is silent is a part.
partly AS (SELECT loader FROM loaded GROUP BY loader HAVING bool_or(taken) AND NOT bool_and(taken)),
skipped AS (
    SELECT label, path, any_value(extension) AS extension, any_value(format) AS format, list(loader ORDER BY loader) AS missed
    FROM loaded JOIN partly USING (loader) WHERE NOT taken GROUP BY label, path
)
SELECT
    label, count(*) AS count, any_value(total) AS total, array_to_string(missed, ', ') AS loaders,
    extension || CASE WHEN format IS NULL THEN '' ELSE ', ' || format END AS kind,
    list(path ORDER BY path) AS paths, min(path) || CASE WHEN count(*) = 1 THEN '' ELSE ' and others' END AS listed
FROM skipped JOIN (SELECT label, count(*) AS total FROM images GROUP BY label) totals USING (label)
GROUP BY label, extension, format, missed
ORDER BY label, extension, format
