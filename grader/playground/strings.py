"""Every text of the page, in both languages; the page itself holds keys."""

from __future__ import annotations

from grader.i18n import both
from grader.schema import Text


def strings() -> dict[str, Text]:
    """Key -> text. Fields in braces are filled in the browser."""
    return {
        **_frame(),
        **_sources(),
        **_result(),
        **_maps(),
        **_layers(),
        **_folder(),
    }


def _field(*names: str) -> dict[str, object]:
    """Fields that stay as they are until the browser fills them."""
    return {name: f"{{{name}}}" for name in names}


def _frame() -> dict[str, Text]:
    return {
        "title": both("Try your network"),
        "lead": both(
            "The network runs in this browser. Pictures stay on this computer: the page contacts no other host."
        ),
        "needs_script": both("This page needs JavaScript: the network runs in it."),
        "licences": both("Third-party software on this page, and its licences"),
        "side_by_side": both("Side by side"),
        "model": both("Network"),
    }


def _sources() -> dict[str, Text]:
    return {
        "picture": both("Picture"),
        "stage": both("The picture with its map; pictures can be dropped here"),
        "choose_picture": both("Choose a picture"),
        "drop_or_paste": both("or drop one on the picture, or paste one (Ctrl+V)"),
        "camera": both("Camera"),
        "take_picture": both("Take the picture"),
        "stop": both("Stop"),
        "no_camera": both("The camera can't be used: there is none, or the browser was not allowed to."),
        "samples": both("Samples of the course"),
        "sample": both("Sample: {name}", **_field("name")),
        "address": both("Address of a picture"),
        "address_example": both("https://…"),
        "load": both("Load"),
        "address_server": both(
            "When you press Load, the grader on this computer fetches that one address. The page itself never "
            "does."
        ),
        "address_static": both(
            "This page loads nothing from other hosts. Save the picture and choose the file, or drop it on the "
            "page."
        ),
        "not_a_picture": both("The browser cannot read this picture. Use JPEG, PNG, WebP or GIF."),
        "too_large": both("The file is too large: at most 64 MB."),
    }


def _result() -> dict[str, Text]:
    return {
        "result": both("What the network sees"),
        "loading": both("Getting the network ready …"),
        "choose_a_picture": both("Choose a picture: the five best classes appear here."),
        "failed": both("That did not work: {reason}", **_field("reason")),
        "best": both("Best class: {name}, {share}", **_field("name", "share")),
        "class_number": both("class {number}", **_field("number")),
        "time": both("inference time: {ms} ms ({fps} fps)", **_field("ms", "fps")),
        "backend": both("Runs on"),
        "backend_wasm": both("Processor (WebAssembly)"),
        "backend_webgpu": both("Graphics card (WebGPU)"),
        "scale": both("Pixel values"),
        "scale_unit": both("0 to 1"),
        "scale_symmetric": both("-1 to 1"),
        "scale_none": both("0 to 255"),
        "scale_caffe": both("BGR without the mean colour (ResNet50, VGG)"),
        "save_numbers": both("Save the numbers (JSON)"),
        "model_facts": both("Input {shape}, {count} parameters.", **_field("shape", "count")),
        "half_floats": both(
            "The weights are sent as half floats (16 bits), so probabilities may differ in the third decimal."
        ),
    }


def _maps() -> dict[str, Text]:
    return {
        "map": both("Where the network looks"),
        "map_kind": both("Map"),
        "map_none": both("none"),
        "map_activation": both("class activation map"),
        "map_occlusion": both("occlusion map"),
        "map_class": both("For the class"),
        "calculate_map": both("Calculate the occlusion map"),
        "occlusion_progress": both("Occlusion map"),
        "colormap": both("Colours"),
        "colormap_jet": both("rainbow"),
        "colormap_viridis": both("blue to yellow"),
        "colormap_inferno": both("black to yellow"),
        "colormap_gray": both("grey"),
        "opacity": both("Opacity of the map"),
        "only_pointed": both("Show the map only while the pointer is on the picture"),
    }


def _layers() -> dict[str, Text]:
    return {
        "layers": both("The network, layer by layer"),
        "shape": both("shape: {shape}", **_field("shape")),
        "parameters": both("{count} parameters", **_field("count")),
        "no_maps": both("This layer passes its input on, or its output is too large to show."),
        "maps_shown": both("{shown} of {count} feature maps.", **_field("shown", "count")),
        "maps_each": both("Each map is coloured from its smallest value to its largest."),
        "numbers_shown": both("{count} numbers, coloured from the smallest to the largest.", **_field("count")),
        "show_all": both("Show all"),
    }


def _folder() -> dict[str, Text]:
    return {
        "folder": both("A whole folder"),
        "folder_text": both(
            "Every picture of a folder and of its folders, as a table. Where folders are named after "
            "classes, the accuracy is shown, too."
        ),
        "choose_folder": both("Choose a folder"),
        "folder_progress": both("Pictures done"),
        "folder_done": both("{done} of {count} pictures", **_field("done", "count")),
        "folder_pictures": both("{count} pictures.", **_field("count")),
        "folder_accuracy": both(
            "Accuracy {share}: {right} of {count} pictures in folders that are named after classes.",
            **_field("share", "right", "count"),
        ),
        "folder_no_classes": both("No folder is named after a class, so there is no accuracy."),
        "folder_unreadable": both("{count} files could not be read.", **_field("count")),
        "folder_first": both("The table shows the first {count}.", **_field("count")),
        "file": both("File"),
        "true_class": both("True class"),
        "predicted": both("Predicted"),
        "probability": both("Probability"),
    }
