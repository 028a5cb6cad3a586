"""How the house looks and answers: templates on KERN, form rendering, components, error pages.

Owns no tables and knows no module of the house but the kernel. Pages extend ui/base_public.html or
ui/base_desk.html; forms are rendered by KernRenderer; a refusal becomes a helpful page.
"""
