"""How a Django form looks: label, hint, error, all tied together for a screen reader."""

from django.forms.renderers import DjangoTemplates


class GuichetRenderer(DjangoTemplates):
    """`FORM_RENDERER`: makes `{{ form }}` and `{{ field.as_field_group }}` right by themselves."""

    form_template_name = "design/form.html"
    field_template_name = "design/field.html"
