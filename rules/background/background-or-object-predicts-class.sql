/*
code = "BIA008"
title = "Background or object predicts class"
severity = "note"
subject = "class"
message = """\
{label}: its corners give it away (AUROC {auroc:.2f}, at least {auroc_low:.2f}), but {doubt}; {look}look whether the object \
fills the image, or whether its background goes with it"""
why = """
Scenes, textures and close-ups reach the corners, and then the corners are the object. An object in the colours of its
background looks the same from here: the polar bear on the ice. A person sees the difference at once."""
advice = "Look at some images of {label}. If the object does not reach the corners, treat this as BIA001."
source = "Xiao et al. 2020, Noise or Signal: The Role of Image Backgrounds in Object Recognition"
method = "That of background-predicts-class: see `datalint explain BIA001`."

[options.min_auroc]
default = 0.85
range = [0.5, 1.0]
help = "how well the corners must tell the class: 0.5 (by chance) to 1"

[options.max_shared]
default = 0.4
range = [0.0, 1.0]
help = "how common its backgrounds may be in other classes, beside itself"
*/
SELECT
    label, pictures, auroc, auroc_low, object_auroc, contrast, coalesce(nullif(look, '') || '; ', '') AS look,
    CASE
        WHEN contrast < 1.1 THEN 'nothing in the middle stands out from them'
        ELSE printf('where the middle differs most it is known as well (%.2f)', object_auroc)
    END AS doubt
FROM background
WHERE auroc >= $min_auroc AND auroc_low >= 0.75 AND agreed_auroc >= 0.68 AND shared <= $max_shared AND NOT apart
    -- Of these, light-or-tint-predicts-class tells.
    AND NOT (light_auroc >= 0.8 AND light_low >= 0.72 AND light_object_auroc >= 0.72 AND contrast >= 1.1)
ORDER BY auroc DESC, label
