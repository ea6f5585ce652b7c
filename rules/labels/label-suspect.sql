/*
code = "LBL003"
title = "Suspect label"
severity = "note"
subject = "image"
message = "{path} is labelled {label} and looks like {suggested}: probability {probability:.2f} against {given_probability:.2f}, by {method}"
why = """
A wrong label teaches the wrong answer, and in a test split it counts a right answer as an error. A few of them in a test
set can turn the order of two models round."""
advice = """\
Look at the image; correct the label, or leave it. Embeddings of a network, given with --embeddings, find more."""
source = """\
Northcutt, Jiang and Chuang 2021, Confident Learning; Northcutt, Athalye and Mueller 2021, Pervasive Label Errors in Test Sets"""
method = """
A classifier of edge directions and colours by place (from thumbnails of 32 x 32), and of your embeddings, says how probable
each class is of images that it has not learned from, nor from their copies. Candidates are those of confident learning. A
label is taken for wrong where it is more probably one of those that are random than one of an image that is hard to tell;
at most a tenth of the list should be right labels. Where the classifier cannot tell the classes apart, nothing is listed.
docs/suspect-labels.md has the error rates, measured on swapped labels.

Only images with one label, of classes with ten different pictures, are judged. An image between two classes is no suspect."""
*/
SELECT path, label, split, suggested, probability, given_probability, method
FROM suspects JOIN samples USING (sample_id)
ORDER BY coalesce(role IN ('validation', 'test'), false) DESC, probability / (given_probability + 1e-6) DESC, path
