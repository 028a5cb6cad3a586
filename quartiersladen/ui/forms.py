"""How forms look: one template for a field, classes for the inputs."""

from typing import Any

from django.forms.renderers import TemplatesSetting


class KernRenderer(TemplatesSetting):
    """Renders `{{ form.name.as_field_group }}` with label, hint and error tied to the input."""

    field_template_name = "ui/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:  # noqa: ANN401 -- Django's signature
        """Render a widget or field; inputs get the house's class unless they bring their own."""
        widget = context.get("widget")
        if widget is not None and template_name.endswith(INPUTS):
            widget["attrs"].setdefault("class", "q-input")
        rendered: str = super().render(template_name, context, request)
        return rendered


INPUTS = (
    "text.html",
    "textarea.html",
    "email.html",
    "date.html",
    "time.html",
    "number.html",
    "select.html",
    "file.html",
    "password.html",
    "url.html",
    "tel.html",
    "color.html",
    "search.html",
)
